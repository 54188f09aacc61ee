import { assertEquals, assertOk } from "../../../testing/assert.ts";
import type { Reply } from "../client/types.ts";
import { readAnswer } from "./answer.ts";
import { readBody } from "./reply.ts";
import { objectsInText } from "./json_in_text.ts";

const GOOD = '{"criteria": [{"id": 1, "reason": "Seen.", "met": true}]}';
const DRAFT = GOOD.replace("true", "false");
const usage = { prompt_tokens: 9, completion_tokens: 99 };
type Choice = Record<string, unknown>;
const choice = (message: Choice, more: Choice = {}) => ({
  ...{ index: 0, finish_reason: "stop", message },
  ...more,
});
const replyOf = (choices: Choice[], more: Choice = {}) =>
  readBody(JSON.stringify({ model: "m", choices, usage, ...more }), "asked");

Deno.test("odd fields beside an answer, and odd places of it, do not cost an answer that was paid for", () => {
  const arguments_ = { function: { name: "verdicts", arguments: GOOD } };
  const bodies = [
    replyOf([choice({ content: GOOD })], { model: 5 }),
    replyOf([choice({ content: GOOD }, { finish_reason: 1 })]),
    replyOf([choice({ content: [null, GOOD] })]),
    replyOf([
      choice({ content: [{ type: "reasoning", text: DRAFT }, { type: "text", text: GOOD }] }),
    ]),
    replyOf([choice({ content: JSON.parse(GOOD) })]),
    replyOf([choice({ content: null, tool_calls: [arguments_] }, { finish_reason: "tool_calls" })]),
    replyOf([choice({ content: DRAFT }, { index: 1 }), choice({ content: GOOD })]),
  ];
  for (const [i, body] of bodies.entries()) {
    assertOk("reply" in body, `body ${i}`);
    const reading = readAnswer(body.reply as Reply, [1]);
    assertEquals("answered" in reading && reading.answered[0].met, true, `body ${i}`);
  }
});

Deno.test("an answer without words says why: the server's error, its finish reason, a refusal as an object", () => {
  const died = replyOf([choice({ content: "" }, { error: { code: 502, message: "It died" } })]);
  assertEquals("failure" in died && [died.failure.status, died.failure.message], [
    502,
    "It died (sent as a success)",
  ]);
  const problem = (message: Choice, finish_reason: string) => {
    const body = replyOf([choice(message, { finish_reason })]);
    const reading = readAnswer((body as { reply: Reply }).reply, [1]);
    return "problem" in reading ? reading.problem : "";
  };
  assertEquals(problem({ content: null }, "OTHER"), 'the answer is empty (finish_reason "OTHER")');
  assertOk(problem({ content: null }, "SAFETY").includes("content filter"));
  assertOk(problem({ content: GOOD.slice(0, 30) }, "max_output_tokens").includes("cut off"));
  assertOk(problem({ content: null, refusal: { reason: "no" } }, "stop").includes("refused"));
  const words = readBody('{"choices": null, "base_resp": {"status_msg": "login fail"}}', "m");
  assertEquals("failure" in words && words.failure.message, "login fail (sent as a success)");
});

Deno.test("a draft in thinking that is not closed is no answer; titles and words of reasons are no thinking", () => {
  const met = (content: string) => {
    const reading = readAnswer({ content, refusal: null, finish_reason: "stop" } as Reply, [1]);
    return "problem" in reading ? reading.problem : reading.answered[0].met;
  };
  for (
    const opened of [
      `<think>Say ${DRAFT}? Hm`,
      `[THINK]${DRAFT} or`,
      `◁think▷${DRAFT}`,
      `<|channel|>analysis<|message|>${DRAFT} but`,
      `<｜begin▁of▁thinking｜>${DRAFT}`,
      `<think>Hm.</think><reflection>${DRAFT}`,
    ]
  ) assertEquals(met(opened), "the answer is empty after thinking", opened);
  assertEquals(met(`${GOOD}\n<think>Or ${DRAFT}?`), true);
  assertEquals(met(`<｜begin▁of▁thinking｜>${DRAFT}<｜end▁of▁thinking｜>${GOOD}`), true);
  assertEquals(
    met(`[Reasoning] It divides.\n${GOOD.replace("Seen", "A <thought> is seen")}`),
    true,
  );
});

Deno.test("braces that nothing closes are given up after a few: no text takes long", () => {
  assertEquals(objectsInText("{x ".repeat(19) + GOOD), { objects: [JSON.parse(GOOD)] });
  assertEquals("problem" in objectsInText("{x ".repeat(2000) + GOOD), true);
});
