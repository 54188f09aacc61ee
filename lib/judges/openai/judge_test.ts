import { DIMENSIONS } from "../../records/criterion.ts";
import { InputError } from "../../errors.ts";
import { assertEquals, assertInputError, assertOk } from "../../testing/assert.ts";
import type { Judgement } from "../judge.ts";
import { chatClient } from "./client/client.ts";
import { openaiJudge, type OpenaiJudgeOptions } from "./judge.ts";
import { promptOf, readReleasedTemplate } from "./prompt/released_prompt.ts";
import {
  block,
  clip,
  memoryAnswers,
  replyOf,
  scriptedClient,
  TASK,
  verdictsText,
} from "../../testing/openai/asking.ts";
import { FAULTS, faultServer } from "../../testing/openai/fault_server.ts";
import { PayloadTooLarge, type Reply, RequestFailed } from "./client/types.ts";

const GOOD = replyOf(verdictsText([true, false, true]));
const BAD = replyOf(verdictsText([true, false]));
const TWO_FOR_THREE = "the answer has 2 entries for 3 criteria; criterion 3 is missing";

function judging(
  script: readonly (Reply | Error)[],
  more: Partial<OpenaiJudgeOptions> = {},
  answers = memoryAnswers(),
) {
  const client = scriptedClient(script);
  const cost = (reply: Reply) => (reply.prompt_tokens + reply.completion_tokens) / 1e6;
  const judge = openaiJudge({ model: "m", client, answers, concurrency: 2, cost, ...more });
  const run = (video = clip(), criteria = block()) => judge.judge(TASK, criteria, video, {});
  return { client, answers, judge, run };
}

const met = ({ rulings }: Judgement) => rulings.map((ruling) => ruling.met);
const reasons = ({ rulings }: Judgement) => [...new Set(rulings.map((ruling) => ruling.reason))];

Deno.test("verdicts carry the model's words, what they took, and what was asked", async () => {
  const { client, run } = judging([GOOD]);
  const { rulings, usage } = await run();
  assertEquals(rulings[1], {
    id: "scientific-2",
    met: false,
    reason: "",
    evidence: "Reason 2.",
  });
  const { prompt_hash, ...took } = usage!;
  assertEquals(took, {
    attempts: 1,
    prompt_tokens: 1000,
    completion_tokens: 100,
    cost_usd: 0.0011,
  });
  assertEquals(prompt_hash.length, 64);
  const [{ messages, ...settings }] = client.sent;
  const { response_format, ...sampling } = settings;
  assertEquals(sampling, { model: "m", temperature: 0, seed: 0 });
  assertEquals(response_format?.type, "json_schema");
  const parts = messages[0].content as { type: string }[];
  assertEquals(parts.map(({ type }) => type), [
    "text",
    ...Array.from({ length: 8 }, () => "image_url"),
    "text",
  ]);
});

Deno.test("settings are sent where they are set, and change the fingerprint and the answer's key", async () => {
  const seen = new Set<string>();
  const keys = new Set<string>();
  const variants = [
    {},
    { temperature: null },
    { seed: 3 },
    { max_tokens: 500 },
    { frames: 4 },
    { repeat: 1 },
    { pictures: { longest_side: 64, quality: 90, chroma: "4:4:4" as const } },
  ];
  for (const settings of variants) {
    const { client, answers, judge, run } = judging([GOOD], { settings });
    await run();
    seen.add(await judge.fingerprint(TASK, block()));
    for (const key of answers.replies.keys()) keys.add(key);
    const [body] = client.sent;
    if ("temperature" in settings) assertOk(!("temperature" in body));
    if ("max_tokens" in settings) assertEquals(body.max_completion_tokens, 500);
  }
  assertEquals([seen.size, keys.size], [variants.length, variants.length]);
});

Deno.test("what was answered is never paid for again, also for equal frames of another clip", async () => {
  const { client, answers, run } = judging([GOOD]);
  const first = await run();
  const again = await run(clip());
  assertEquals(client.sent.length, 1);
  assertEquals(again.rulings, first.rulings);
  assertEquals(again.usage, { ...first.usage!, cost_usd: 0 });
  const other = judging([GOOD], {}, answers);
  await other.run();
  assertEquals(other.client.sent.length, 0);
  await other.run(clip(24, 2));
  assertEquals(other.client.sent.length, 1);
});

Deno.test("an answer that cannot be used is asked for once more, with what was wrong", async () => {
  const { client, answers, run } = judging([BAD, GOOD]);
  const judgement = await run();
  assertEquals(met(judgement), [true, false, true]);
  assertEquals(reasons(judgement), [`second answer: of the first, ${TWO_FOR_THREE}`]);
  const { attempts, prompt_tokens, cost_usd } = judgement.usage!;
  assertEquals([attempts, prompt_tokens, cost_usd], [2, 2000, 0.0022]);
  const [first, second] = client.sent;
  assertEquals(second.messages.slice(0, 1), first.messages);
  assertEquals(second.messages[1], { role: "assistant", content: BAD.content! });
  const { role, content } = second.messages[2];
  assertEquals(role, "user");
  assertOk(String(content).includes(TWO_FOR_THREE), String(content));
  assertEquals(answers.replies.size, 2);
});

Deno.test("two answers that cannot be used are nulls with both reasons; the next run asks anew", async () => {
  const empty = replyOf(null);
  const { answers, run } = judging([BAD, empty]);
  const judgement = await run();
  assertEquals(met(judgement), [null, null, null]);
  assertEquals(reasons(judgement), [`${TWO_FOR_THREE}; when asked again, the answer is empty`]);
  const next = judging([GOOD], {}, answers);
  assertEquals(met(await next.run()), [true, false, true]);
  assertEquals(next.client.sent[0].messages.length, 1);
  assertEquals(met(await next.run()), [true, false, true]);
  assertEquals(next.client.sent.length, 1);
});

Deno.test("a run that ended between the two answers goes on with the second", async () => {
  const { answers, run } = judging([BAD, new InputError("stopped")]);
  await assertInputError(() => run(), "stopped");
  assertEquals(answers.replies.size, 1);
  const next = judging([GOOD], {}, answers);
  const judgement = await next.run();
  assertEquals(next.client.sent[0].messages.length, 3);
  assertEquals(met(judgement), [true, false, true]);
  assertEquals(judgement.usage!.cost_usd, 0.0011);
});

Deno.test("no answer at all is nulls with the client's reason; what befalls all stops the run", async () => {
  const failed = judging([new RequestFailed("HTTP 500: broken (attempt 5 of 5)")]);
  const judgement = await failed.run();
  assertEquals([met(judgement)[0], reasons(judgement)], [null, [
    "HTTP 500: broken (attempt 5 of 5)",
  ]]);
  assertEquals(failed.answers.replies.size, 0);
  const second = judging([BAD, new RequestFailed("no whole answer within 30 ms")]);
  assertEquals(reasons(await second.run()), [
    `${TWO_FOR_THREE}; asked again: no whole answer within 30 ms`,
  ]);
  await assertInputError(() => judging([new InputError("no access")]).run(), "no access");
});

Deno.test("pictures are lowered until the server takes them, and every verdict says so", async () => {
  const tooLarge = new PayloadTooLarge("HTTP 413");
  const settings = { pictures: { longest_side: null, quality: 90, chroma: "4:4:4" as const } };
  const large = () => ({ ...clip(2), ...upscaled(clip(2), 5) });
  const { client, answers, run } = judging([tooLarge, tooLarge, GOOD], { settings });
  const judgement = await run(large());
  assertEquals(reasons(judgement), ["pictures lowered to 256 px"]);
  const bytes = client.sent.map((body) => JSON.stringify(body).length);
  assertOk(bytes[0] > bytes[1] && bytes[1] > bytes[2], bytes.join());
  // What was answered at last is found again, at the price of requests that are refused unpaid.
  const next = judging([tooLarge, tooLarge], { settings }, answers);
  assertEquals(reasons(await next.run(large())), ["pictures lowered to 256 px"]);
  const never = judging(Array.from({ length: 9 }, () => tooLarge), { settings });
  assertEquals(met(await never.run(large())), [null, null, null]);
  assertEquals(never.client.sent.length, 5);
});

function upscaled(video: ReturnType<typeof clip>, times: number) {
  const { width, height } = video;
  const frames = video.frames.map((frame) => {
    const large = new Uint8Array(frame.length * times ** 2);
    for (let at = 0; at < large.length; at++) {
      const [pixel, channel] = [Math.floor(at / 3), at % 3];
      const x = Math.floor(pixel % (width * times) / times);
      const y = Math.floor(pixel / (width * times) / times);
      large[at] = frame[(y * width + x) * 3 + channel];
    }
    return large;
  });
  return { width: width * times, height: height * times, frames };
}

Deno.test("a snapshot other than the model asked for is named beside its verdicts", async () => {
  const { run } = judging([{ ...GOOD, model: "m-2024-08-06" }]);
  assertEquals(reasons(await run()), ["answered by m-2024-08-06"]);
});

Deno.test("the budget is asked before a request is sent, and told what it cost", async () => {
  const log: string[] = [];
  const reserve: OpenaiJudgeOptions["reserve"] = ({ images }, { messages }) => {
    log.push(`reserve ${images.length} pictures, ${messages.length} messages`);
    return Promise.resolve({
      settle: ({ prompt_tokens }) => log.push(`settle ${prompt_tokens}`),
      keep: (why) => log.push(`keep, ${why}`),
      release: () => log.push("release"),
    });
  };
  await judging([BAD, GOOD], { reserve }).run();
  await judging([new RequestFailed("broken")], { reserve }).run();
  assertEquals(log, [
    "reserve 8 pictures, 1 messages",
    "settle 1000",
    "reserve 8 pictures, 3 messages",
    "settle 1000",
    "reserve 8 pictures, 1 messages",
    "release",
  ]);
  const spent = () => Promise.reject(new InputError("Budget reached"));
  const broke = judging([GOOD], { reserve: spent });
  await assertInputError(() => broke.run(), "Budget reached");
  assertEquals(broke.client.sent.length, 0);
});

Deno.test("as released: nothing but prompt and pictures is sent, once, and repeats are shown", async () => {
  const source = await Deno.readTextFile(
    new URL("../../testing/openai/evaluator_like.py", import.meta.url),
  );
  const released = block().map((row, i) => ({ ...row, criterion: [1, 2, 33][i] }));
  const prompt = promptOf(readReleasedTemplate(source, "evaluator_like.py"));
  const scores = (list: number[]) => replyOf(JSON.stringify({ scores: list, reasoning: "Seen." }));
  const { client, judge, run } = judging([scores([0, 1]), scores([1, 1, 1])], {
    settings: { prompt },
  });
  const fingerprint = await judge.fingerprint(TASK, released);
  assertOk(fingerprint.includes("as-released"), fingerprint);
  const judgement = await run(clip(3), released);
  assertEquals(met(judgement), [false, true, null]);
  assertOk(judgement.rulings[2].reason.includes("d33"));
  const [{ messages, ...rest }] = client.sent;
  assertEquals(rest, { model: "m" });
  const parts = messages[0].content as { type: string }[];
  assertEquals(parts.map(({ type }) => type), [
    "text",
    ...Array.from({ length: 8 }, () => "image_url"),
  ]);
  const tooMany = await run(clip(4), released);
  assertEquals(reasons(tooMany)[0], "the answer has 3 scores for 2 criteria");
  assertEquals([met(tooMany), client.sent.length], [[null, null, null], 2]);
  const misKeyed = block().map((row, i) => ({ ...row, criterion: 11 * (i + 1) }));
  const unasked = judging([], { settings: { prompt } });
  assertEquals(met(await unasked.run(clip(), misKeyed)), [null, null, null]);
});

Deno.test("no frames and no criteria ask nothing", async () => {
  const { run } = judging([]);
  assertEquals(reasons(await run({ ...clip(), frames: [] })), ["the clip has no frames"]);
  assertEquals(await run(clip(), []), { rulings: [] });
});

function asking(baseUrl: string, more: Partial<OpenaiJudgeOptions> = {}) {
  const client = chatClient({
    baseUrl,
    apiKey: "sk-test-0123456789",
    concurrency: 8,
    timeoutMs: 300,
    attempts: 2,
    maxBackoffMs: 10,
  });
  const answers = memoryAnswers();
  return openaiJudge({ model: "m", client, answers, concurrency: 8, cost: () => 0, ...more });
}

Deno.test("against a server: each fault is judged as without it, or null with a reason", async () => {
  const video = { ...clip(8), ...upscaled(clip(8), 2) };
  await using plain = faultServer({ seed: 4 });
  const expected = met(await asking(plain.baseUrl).judge(TASK, block(), video, {}));
  for (const [name, { fault, remedy }] of Object.entries(FAULTS)) {
    if (remedy === "fatal") continue;
    // Once, then always: the one is mended, the other is null until the server recovers.
    await using server = faultServer({ seed: 4, faults: [fault] });
    const judge = asking(server.baseUrl);
    const once = await judge.judge(TASK, block(), video, {});
    if (remedy === "shrink") assertEquals(reasons(once), ["pictures lowered to 128 px"], name);
    else assertEquals(met(once), remedy === "refused" ? [null, null, null] : expected, name);
    server.change({ faults: () => fault });
    const always = asking(server.baseUrl);
    const nulls = await always.judge(TASK, block(), video, {});
    if (remedy === "usable") assertEquals(met(nulls), expected, name);
    else {
      assertEquals(met(nulls), [null, null, null], name);
      assertOk(nulls.rulings[0].reason.length > 10, name);
      assertOk(!JSON.stringify(nulls).includes("sk-test"), name);
    }
    server.change({ faults: [] });
    assertEquals(met(await always.judge(TASK, block(), video, {})), expected, `${name}, recovered`);
  }
});

Deno.test("against a server without response formats: found out once, then never tried again", async () => {
  await using server = faultServer({ seed: 4, structured: false });
  await using plain = faultServer({ seed: 4 });
  const [judge, other] = [asking(server.baseUrl), asking(plain.baseUrl)];
  for (const dimension of DIMENSIONS) {
    const verdicts = met(await judge.judge(TASK, block(3, dimension), clip(8), {}));
    assertEquals(verdicts, met(await other.judge(TASK, block(3, dimension), clip(8), {})));
  }
  assertEquals(server.requests.map(({ formatted }) => formatted), [
    true,
    true,
    false,
    false,
    false,
  ]);
  const many = asking(server.baseUrl);
  const before = server.requests.length;
  const all = await Promise.all(
    [...Array(6).keys()].map((i) => many.judge(TASK, block(), clip(8, i), {})),
  );
  assertOk(all.every((judgement) => met(judgement).every((verdict) => verdict !== null)));
  assertOk(server.requests.length - before <= 6 * 3);
});

Deno.test("against a server that takes small bodies only: pictures are lowered, and it is said", async () => {
  const large = { ...clip(2), ...upscaled(clip(2), 6) };
  await using server = faultServer({ maxBytes: 24_000 });
  const { rulings } = await asking(server.baseUrl).judge(TASK, block(), large, {});
  assertOk(/^pictures lowered to \d+ px$/.test(rulings[0].reason), rulings[0].reason);
  const [side] = rulings[0].reason.match(/\d+/)!;
  assertEquals(server.requests.at(-1)!.images[0].width, Number(side));
});
