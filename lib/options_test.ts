import { count, number, numbers, numbersOr, optionalCount, readOptions, whole } from "./options.ts";
import { assertEquals, assertOk } from "./testing/assert.ts";

const options = {
  tasks: numbers("Tasks."),
  seeds: numbersOr("Seeds.", "0-2"),
  steps: count("Steps.", 12),
  port: count("Port.", 8888, 65535),
  fps: optionalCount("Frames per second.", 240),
  draw: whole("Seed.", 0),
  scale: number("Scale.", 1),
  guidance: number("Guidance.", 3, { least: 0, most: 100 }),
  shift: number("Shift.", 3, { above: 0, most: 100 }),
};

Deno.test("numbers that records cannot hold, and lists without end, are refused at once", () => {
  const wrong: [keyof typeof options, string, string][] = [
    ["tasks", "9007199254740993", "2147483647 at most"],
    ["seeds", "9007199254740992-9007199254740993", "2147483647 at most"],
    ["seeds", "2147483648", "2147483647 at most"],
    ["tasks", "1-1000000000", "more than 100000 numbers"],
    ["tasks", "1-99999,200000-299999", "more than 100000 numbers"],
    ["tasks", "9-7", "not an ascending range"],
    ["steps", "2147483648", "2147483647 at most"],
    ["steps", "9".repeat(400), "2147483647 at most"],
    ["port", "65536", "65535 at most"],
    ["fps", "1000", "240 at most"],
    ["draw", "2147483648", "2147483647 at most"],
    ["scale", "1e999", "a number"],
    ["scale", "-1e999", "a number"],
    ["guidance", "1e999", "0 or more, 100 at most"],
    ["guidance", "-1", "0 or more, 100 at most"],
    ["shift", "0", "above 0, 100 at most"],
  ];
  for (const [name, typed, expected] of wrong) {
    const { problems } = readOptions(options, { [name]: typed });
    assertEquals(problems.length, 1, `${name} ${typed.slice(0, 40)}`);
    assertOk(problems[0].includes(expected), problems[0]);
  }
});

Deno.test("the largest numbers that records hold are taken", () => {
  const { options: read, problems } = readOptions(options, {
    tasks: "2147483647",
    seeds: "2147483640-2147483647",
    draw: "2147483647",
    steps: "2147483647",
    guidance: "0",
  });
  assertEquals(problems, []);
  assertEquals([read.tasks, read.seeds.length, read.draw], [[2147483647], 8, 2147483647]);
  assertEquals(readOptions(options, { tasks: "0-99999" }).options.tasks?.length, 100000);
});
