/** Keys of cached answers: a question that was paid for is never paid for again by later code. */
import { fileURLToPath } from "node:url";
import type { Criterion } from "../../../records/criterion.ts";
import type { Task } from "../../../records/task.ts";
import { assertEquals } from "../../../testing/assert.ts";
import { askSettings } from "../judge.ts";
import { type AskSettings, type Form, questioner, type Turn } from "./question.ts";
import { releasedPrompt } from "./released_prompt.ts";

const task: Task = {
  ...{ benchmark: "mini", task: 3, scale: "cell", prompt: "A cell divides." },
  ...{ requirement: "One cell becomes two.", source: "" },
};
const criteria = [1, 2].map((place): Criterion => ({
  ...{ benchmark: "mini", task: 3, id: `c${place}`, dimension: "visual", place, criterion: place },
  ...{
    description: `It is sharp, ${place}.`,
    sign: place === 1 ? 1 : -1,
    weight: 1,
    raw_weight: 1,
  },
  probe: "",
}));
const frames = Array.from({ length: 9 }, (_, t) => new Uint8Array(64 * 48 * 3).fill(20 * t));
const video = { width: 64, height: 48, fps: 8, frames };

const FIRST: Form = { step: 0, mode: "json_schema" };
const TEXT: Form = { step: 0, mode: "text" };
const TURNS: Turn[] = [
  { role: "assistant", content: "Yes." },
  { role: "user", content: "In JSON." },
];

/** A question's key with the settings of a run, and deviations from them. */
function key(form: Form, settings: Partial<AskSettings> = {}, turns: Turn[] = []): string {
  const ask = questioner(askSettings("gpt-4o", { max_tokens: 4096, ...settings }));
  return ask(task, criteria, video).key(form, turns);
}

Deno.test("keys equal those that the code gave to the same questions before criteria had ids", async () => {
  assertEquals(key(FIRST), "5d55a12e9a0f8c1f1ea5d399aa4dcd89");
  assertEquals(key(TEXT), "3312ffc9f7a2fe102f4d91329880cd6c");
  assertEquals(key({ ...FIRST, step: 1 }), "50e0500b33de27c68b75f26f85914629");
  assertEquals(key(FIRST, {}, TURNS), "e34c558243e1bf15fc78792dc8f068dc");
  assertEquals(key(FIRST, { repeat: 1 }), "ae39b1b8ec0f03780f16da5aec871094");
  assertEquals(key(FIRST, { frames: 4 }), "101140f5ea5709d5eadd1c19212e8a9a");
  const like = new URL("../../../testing/openai/evaluator_like.py", import.meta.url);
  const prompt = await releasedPrompt(fileURLToPath(like));
  assertEquals(key(TEXT, { prompt }), "b1f988acf0f845591e1800409c2be35c");
});
