import { z } from "zod";
import { assertEquals } from "./testing/assert.ts";
import { zodText } from "./zod_text.ts";

Deno.test("what a schema refuses is one line with places, without the schema's own signs", () => {
  const schema = z.strictObject({ model: z.enum(["a", "b"]), rate: z.number().min(0) });
  const textOf = (value: unknown) => zodText(schema.safeParse(value).error!);
  assertEquals(textOf(3), "expected object, received number");
  for (const value of [{ model: "c", rate: -1 }, { rate: "fast" }, { model: "a", rate: 1, x: 2 }]) {
    const text = textOf(value);
    assertEquals(/✖|→|\n|Invalid (input|option)/.test(text), false, text);
  }
  assertEquals(textOf({ model: "a", rate: -1 }).startsWith("rate: "), true);
});
