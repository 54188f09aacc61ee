import { random } from "../../../random.ts";
import { assertEquals, assertOk } from "../../../testing/assert.ts";
import { lacksRoom, readAnswer, type Reading, readScores } from "./answer.ts";
import { replyOf, verdictsText } from "../../../testing/openai/asking.ts";
import type { Reply } from "../client/types.ts";

const IDS = [1, 2, 3];
const GOOD = verdictsText([true, false, true]);

const verdicts = (reading: Reading) =>
  "answered" in reading ? reading.answered.map(({ id, met }) => `${id} ${met}`).join() : null;
const read = (content: string | null, more: Partial<Reply> = {}) =>
  readAnswer(replyOf(content, more), IDS);
const entries = (...list: unknown[]) => JSON.stringify({ criteria: list });
const entry = (id: unknown, met: unknown = true, reason: unknown = "R") => ({ id, reason, met });

Deno.test("a valid answer is read, whatever surrounds it and in any order", () => {
  const wrapped = [
    GOOD,
    `\n${GOOD}\n`,
    "```json\n" + GOOD + "\n```",
    `Here you are: ${GOOD} I hope "this" helps.`,
    `<think>\n{"criteria": []}? {no}\n</think>\n${GOOD}`,
    `In braces {a, b} or {"a"} one would say so. ${GOOD}`,
    GOOD + '\nDone: {"ok": true}',
    GOOD.replace("Reason 2.", String.raw`5 \mu m, \(x \in A\), 3 \unit`),
    GOOD.replace("Reason 2.", "two\nlines\tand a tab"),
    entries(entry(3), entry(1), entry(2, false)),
    JSON.stringify({ confidence: 0.4, ...JSON.parse(GOOD) }),
  ];
  for (const content of wrapped) assertEquals(verdicts(read(content)), "1 true,2 false,3 true");
});

Deno.test("drafts before the end of thinking are passed over, whatever kind of model thinks", () => {
  const draft = verdictsText([false, true, false]);
  const thoughts = [
    `<think>${draft}</think>`,
    `${draft}\n</think>\n`, // The template has opened it.
    `<thinking>Say ${draft}</thinking>`,
    `<reasoning>${draft}</reasoning>`,
    `◁think▷${draft}◁/think▷`,
    `[THINK]${draft}[/THINK]`,
    `<seed:think>${draft}</seed:think>`,
    `<|START_THINKING|>${draft}<|END_THINKING|>`,
    `<|begin_of_thought|>${draft}<|end_of_thought|>`,
    `<|channel|>analysis<|message|>${draft}<|end|><|start|>assistant<|channel|>final<|message|>`,
    `analysis${draft}assistantfinal`,
    `<unused94>thought ${draft}<unused95>`,
    `<think>a</think>${draft}<think>b ${draft}</think>`,
    `Perhaps ${draft}? No, look again:`,
  ];
  for (const thought of thoughts) {
    assertEquals(verdicts(read(thought + GOOD)), "1 true,2 false,3 true", thought);
    // Where nothing but a closed draft is there, it does not become the verdict.
    if (!thought.endsWith("again:")) assertEquals(verdicts(read(thought + "Done.")), null, thought);
  }
});

Deno.test("an answer that lacked room is told from one that is empty or bad", () => {
  const lacking = (content: string | null, more: Partial<Reply>) =>
    lacksRoom(replyOf(content, more));
  assertEquals(lacking(GOOD.slice(0, 50), { finish_reason: "length" }), true);
  assertEquals(lacking(null, { finish_reason: "max_tokens" }), true);
  assertEquals(lacking("", { finish_reason: "stop", thought: true }), true);
  assertEquals(lacking("", { finish_reason: "stop" }), false);
  assertEquals(lacking(GOOD, { thought: true }), false);
  assertEquals(lacking("", { finish_reason: "length", refusal: "No." }), false);
});

Deno.test("every malformed answer gives no verdict and an explanation", () => {
  const cases: [Reading, RegExp][] = [
    [read(null), /empty/],
    [read(" \n"), /empty/],
    [read(GOOD, { refusal: "I cannot judge people." }), /refused: "I cannot judge people\."/],
    [read(GOOD, { finish_reason: "length" }), /cut off/],
    [read(null, { finish_reason: "content_filter" }), /content filter/],
    [read("<!DOCTYPE html><html><body>502</body></html>"), /web page/],
    [read("All criteria are met."), /no JSON object: "All criteria/],
    [read(GOOD.slice(0, 60)), /breaks off/],
    [read(GOOD.replace('"id":2,', '"id":2')), /not valid JSON/],
    [read(GOOD.replace('"met":false', '"met":false,"met":true')), /"met" twice/],
    [read(GOOD.replace('"met":false', '"met":false,"\\u006det":true')), /"met" twice/],
    [read('{"verdicts": [true]}'), /"criteria" is missing/],
    [read('{"criteria": 5}'), /"criteria" is 5/],
    [read(entries(entry(1), entry(2))), /2 entries for 3 criteria; criterion 3 is missing/],
    [read(entries(entry(1), entry(2), entry(3), entry(4))), /4 entries.*unknown id 4/],
    [read(entries(entry(1), entry(2), entry(9))), /unknown id 9; criterion 3 is missing/],
    [read(entries(entry(1), entry(2), entry("3"))), /unknown id "3"/],
    [read(entries(entry(1), entry(2), entry(2), entry(3))), /criterion 2 twice/],
    [read(entries(entry(1), entry(2, 0.5), entry(3))), /"met" of criterion 2 is 0\.5/],
    [read(entries(entry(1), entry(2, 1), entry(3))), /"met" of criterion 2 is 1,/],
    [read(entries(entry(1), entry(2, "true"), entry(3))), /is "true", not true or false/],
    [read(entries(entry(1), entry(2, null), entry(3))), /is null, not true or false/],
    [read(entries(entry(1), entry(2, true, 7), entry(3))), /"reason" of criterion 2 is 7/],
    [read(entries(1, 0, 1)), /entry 1 has the unknown id missing/],
    [read(entries(null, true, "x")), /criteria 1, 2, 3 are missing/],
  ];
  for (const [reading, problem] of cases) {
    assertOk("problem" in reading, `expected ${problem}`);
    assertOk(problem.test(reading.problem), `expected ${problem} in: ${reading.problem}`);
  }
});

Deno.test("the released form is read strictly: as many scores as criteria, each 0 or 1", () => {
  const scores = (value: unknown, more: Partial<Reply> = {}) =>
    readScores(replyOf(JSON.stringify({ scores: value, reasoning: "R" }), more), [1, 2]);
  assertEquals(verdicts(scores([1, 0])), "1 true,2 false");
  const cases: [Reading, RegExp][] = [
    [scores([1]), /1 score for 2/],
    [scores([1, 1, 1]), /3 scores for 2/],
    [scores([]), /0 scores for 2/],
    [scores(5), /"scores" is 5/],
    [scores([1, 0.5]), /score 2 is 0\.5/],
    [scores([1, "1"]), /score 2 is "1"/],
    [scores([1, true]), /score 2 is true/],
    [scores([1, 0], { finish_reason: "length" }), /cut off/],
    [readScores(replyOf("[1, 0]"), [1, 2]), /no JSON object/],
  ];
  for (const [reading, problem] of cases) {
    assertOk("problem" in reading && problem.test(reading.problem), `expected ${problem}`);
  }
});

/** Texts that resemble the answer itself, so that a lost character can turn text into verdicts. */
const HARD_REASONS = [
  'It says "met": false, and {"id": 2}.',
  '","met":false},{"id":3,"reason":"',
  "Ends in a backslash \\",
  "Braces }{ and ]} and [",
  'true false null "criteria"',
];

Deno.test("no damage to an answer flips a verdict: it is read as before, or not at all", () => {
  const draw = random(11, "damage");
  const below = (n: number) => Math.floor(draw() * n);
  let unread = 0;
  const rounds = 20_000;
  for (let round = 0; round < rounds; round++) {
    const count = 1 + below(5);
    const ids = Array.from({ length: count }, (_, i) => i + 1);
    const criteria = ids.map((id) => ({
      id,
      reason: HARD_REASONS[below(HARD_REASONS.length)],
      met: draw() < 0.5,
    }));
    let text = JSON.stringify({ criteria }, null, below(3));
    const before = verdicts(readAnswer(replyOf(text), ids));
    assertEquals(before, criteria.map(({ id, met }) => `${id} ${met}`).join());
    for (let times = 1 + below(3); times > 0; times--) text = damaged(text, below);
    const after = verdicts(readAnswer(replyOf(text), ids));
    if (after === null) unread += 1;
    else assertEquals(after, before, `damage turned a verdict: ${text}`);
  }
  // Damage within a reason is harmless; most other damage is not.
  assertOk(unread > rounds / 2 && unread < rounds, `${unread} of ${rounds} were not read`);
});

/**
 * Loses, repeats or inserts a piece, at either end or in the middle. Replacing false by true, or
 * one entry's text by another's, would give another valid answer, which no reader can detect.
 */
function damaged(text: string, below: (n: number) => number): string {
  const at = below(text.length);
  const end = Math.min(text.length, at + 1 + below(below(2) ? 4 : 80));
  const piece = text.slice(at, end);
  const marks = ['"', "{", "}", "[", "]", ",", ":", "\\", "1", "null", "\n", "met", "```", "<"];
  switch (below(5)) {
    case 0:
      return text.slice(0, at) + text.slice(end);
    case 1:
      return text.slice(0, end) + piece + text.slice(end);
    case 2:
      return text.slice(0, at);
    case 3:
      return text.slice(at);
    default:
      return text.slice(0, at) + marks[below(marks.length)] + text.slice(at);
  }
}
