import { assertEquals } from "../testing/assert.ts";
import { textProgress } from "./progress.ts";

Deno.test("progress counts up to a total, or what is done where there is none", () => {
  let text = "";
  let time = 0;
  const now = () => time += 3000;
  const progress = textProgress((part) => text += part, { terminal: false, now });
  progress.step("judge", 2).tick("task 1");
  progress.step("report", 0).tick("claims");
  assertEquals(text, "judge     1 of 2, about 3.0 s left  task 1\nreport    1  claims\n");
});
