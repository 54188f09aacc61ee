import { assertEquals, assertInputError } from "../../../testing/assert.ts";
import {
  block,
  clip,
  memoryAnswers,
  replyOf,
  TASK,
  verdictsText,
} from "../../../testing/openai/asking.ts";
import { askSettings } from "../judge.ts";
import { questioner } from "../prompt/question.ts";
import { ask } from "./ask.ts";
import { newMemory } from "./dialect_memory.ts";
import { usableAnswers } from "./usable.ts";

/** A command that asks about clips, and how many requests it sent. */
function command(answers: ReturnType<typeof memoryAnswers>, answer: (sent: number) => string) {
  let sent = 0;
  const context = {
    client: { send: () => Promise.resolve(replyOf(answer(++sent))) },
    ...{ answers, cost: () => 0, server: newMemory(), usable: usableAnswers("http://host/v1") },
  };
  const questionOf = questioner(askSettings("m"));
  return {
    about: (shift: number) => ask(questionOf(TASK, block(1), clip(24, shift)), context),
    sent: () => sent,
  };
}

Deno.test("a model without any usable answer is asked five questions by a command, and by the next; one good answer ends that", async () => {
  const answers = memoryAnswers();
  for (const command_ of [1, 2]) {
    // Each is asked and corrected; kept unusable answers are asked for anew.
    const { about, sent: count } = command(answers, () => "I cannot say.");
    for (let i = 0; i < 4; i++) assertEquals((await about(i)).answered, null);
    await assertInputError(() => about(4), "http://host/v1", "first 5 questions", "unusable");
    assertEquals(count(), 10, `command ${command_}`);
  }
  const good = command(memoryAnswers(), (n) => n === 3 ? verdictsText([true]) : "I cannot say.");
  for (let i = 0; i < 8; i++) await good.about(i);
});

Deno.test("once it has stopped, questions under way send no more requests", async () => {
  const { about, sent } = command(memoryAnswers(), () => "I cannot say.");
  for (let i = 0; i < 4; i++) await about(i);
  await assertInputError(() => about(4), "unusable");
  await assertInputError(() => about(5), "unusable");
  assertEquals(sent(), 10);
});
