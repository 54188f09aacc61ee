import { DIMENSIONS } from "../../../records/criterion.ts";
import { assertEquals, assertOk } from "../../../testing/assert.ts";
import { answerJsonSchema, repairedPrompt } from "./prompts.ts";
import { block, TASK } from "../../../testing/openai/asking.ts";

const shown = { positions: [5, 15, 25], total: 81, fps: 16, width: 832, height: 480 };
const compose = (task = TASK, criteria = block()) =>
  repairedPrompt().compose(task, criteria, shown);

Deno.test("the prompt contains task, requirement, correct frames and times, and every criterion", () => {
  const { before, after } = compose();
  for (const words of [TASK.prompt, TASK.requirement, "81 frames", "5.06 s", "832 × 480"]) {
    assertOk(before.includes(words), `${words} is missing`);
  }
  assertOk(before.includes("3 frames of it, at 0.31, 0.94, 1.56 s"));
  assertOk(after.includes("1 (a quality to find): Statement 1 of scientific."));
  assertOk(after.includes("3 (an error to look for): Statement 3 of scientific."));
  assertOk(after.includes("criteria 1, 2, 3"));
  assertOk(!compose({ ...TASK, requirement: "" }).before.includes("must show"));
});

Deno.test("the text before the pictures is the same for all dimensions, the text after is not", () => {
  const all = DIMENSIONS.map((dimension) => compose(TASK, block(3, dimension)));
  assertEquals(new Set(all.map(({ before }) => before)).size, 1);
  assertEquals(new Set(all.map(({ after }) => after)).size, 3);
});

Deno.test("the schema fits strict structured output, with the reason before the verdict", () => {
  const schema = answerJsonSchema();
  const text = JSON.stringify(schema);
  assertOk(!/minimum|maximum|\$schema|\$ref/.test(text), text);
  let objects = 0;
  const check = (node: unknown) => {
    if (typeof node !== "object" || node === null) return;
    const { type, properties, required, additionalProperties } = node as Record<string, unknown>;
    if (type === "object") {
      objects += 1;
      assertEquals(additionalProperties, false);
      assertEquals(required, Object.keys(properties as object));
    }
    Object.values(node).forEach(check);
  };
  check(schema);
  assertEquals(objects, 2);
  assertOk(text.indexOf('"reason":') < text.indexOf('"met":'));
});

Deno.test("a variable rate is told by the frames' own times and the rate on average", () => {
  const uneven = { ...shown, total: 24, fps: 3.2, times: [0.375, 1.125, 6] };
  const { before } = repairedPrompt().compose(TASK, block(), uneven);
  assertOk(before.includes("24 frames at 3.2 per second on average, 7.50 s in all"), before);
  assertOk(before.includes("3 frames of it, at 0.38, 1.13, 6.00 s"), before);
  const single = { ...shown, positions: [0], total: 1, fps: 0 };
  const told = repairedPrompt().compose(TASK, block(), single).before;
  assertOk(told.includes("1 frames, of 832") && told.includes("at 0.00 s"), told);
});
