import { fileURLToPath } from "node:url";
import { runPaths } from "../../../paths.ts";
import type { Clip } from "../../../records/clip.ts";
import { DIMENSIONS } from "../../../records/criterion.ts";
import { assertEquals, assertInputError, assertOk } from "../../../testing/assert.ts";
import { inFolder } from "../../../testing/folder.ts";
import { block, clip, TASK } from "../../../testing/openai/asking.ts";
import { type Asked, type FaultServer, faultServer } from "../../../testing/openai/fault_server.ts";
import type { PrepareWork } from "../../judge_entry.ts";
import { type Asking, type AskingOptions, prepareAsking } from "../asking.ts";
import { sendBatches, type SendOptions, withholdBatched } from "./send.ts";

const VIDEO = clip(2);

function work(folder: string): PrepareWork {
  const calls = DIMENSIONS.map((dimension) => ({
    clip: {} as Clip,
    task: TASK,
    criteria: block(3, dimension),
  }));
  return {
    byClip: [calls],
    repeat: 0,
    paths: runPaths(folder),
    framesOf: () => Promise.resolve(VIDEO),
    progress() {},
  };
}

/** A command that asks three questions, in batches or live: verdicts and reasons by dimension. */
function site(folder: string, server: FaultServer) {
  const notes: string[] = [];
  const send: SendOptions = {
    wait: true,
    retryFailed: false,
    pollMs: 1,
    note: (line) => notes.push(line),
  };
  const open = (more: Partial<AskingOptions> = {}) =>
    prepareAsking({
      ...{ model: "gpt-4o", baseUrl: server.baseUrl, apiKey: null, concurrency: 3 },
      ...{ timeoutMs: 5000, maxBackoffMs: 2, budget: 9, answers: `${folder}/answers` },
      settings: { frames: 2 },
      ...more,
    });
  const judge = async (asking: Asking) => {
    const judged = DIMENSIONS.map((dimension) =>
      asking.judge.judge(TASK, block(3, dimension), VIDEO, {})
    );
    return (await Promise.all(judged)).map(({ rulings: [{ met, reason }] }) => ({ met, reason }));
  };
  const live = () => server.requests.filter(({ path }) => path === "/v1/chat/completions").length;
  return { notes, send, open, judge, live, work: work(folder) };
}

const failFirst = () => {
  let lines = 0;
  return { polls: 1, failLine: () => lines++ === 0 ? { status: 500, message: "broken" } : null };
};

Deno.test("a line that failed in a batch is null with its reason: not asked live unless told", () =>
  inFolder(async (folder) => {
    await using server = faultServer({ answer: "yes", batch: failFirst() });
    const { open, judge, live, send, work, notes } = site(folder, server);
    const asking = await open();
    const prepared = await sendBatches(work, asking, send);
    assertEquals(prepared.proceed, true);
    const verdicts = await judge(asking);
    prepared.check?.();
    assertEquals(live(), 0);
    assertEquals(verdicts.map(({ met }) => met), [null, true, true]);
    assertEquals(verdicts[0].reason, "unanswered in a batch: HTTP 500: broken");
    assertOk(notes.some((note) => note.includes("--retry-failed")), notes.join());
    const { requests, maybe_billed_usd = 0, cost_usd } = asking.spent();
    assertOk(requests === 2 && cost_usd > 0 && maybe_billed_usd > 0.01, `${maybe_billed_usd}`);
  }));

Deno.test("lines that a batch lost say so, once for all of them", () =>
  inFolder(async (folder) => {
    await using server = faultServer({ answer: "yes", batch: { polls: 1, loseAfter: 1 } });
    const { open, judge, send, work, notes } = site(folder, server);
    const asking = await open();
    await sendBatches(work, asking, send);
    const why = "the batch is completed, without a line for this request";
    assertEquals(notes[0], `unanswered: 2 times: ${why}`);
    assertEquals((await judge(asking))[2].reason, `unanswered in a batch: ${why}`);
  }));

Deno.test("with --retry-failed it is asked live, within the same budget", () =>
  inFolder(async (folder) => {
    await using server = faultServer({ answer: "yes", batch: failFirst() });
    const { open, judge, live, send, work } = site(folder, server);
    const asking = await open();
    await sendBatches(work, asking, { ...send, retryFailed: true });
    assertEquals((await judge(asking)).map(({ met }) => met), [true, true, true]);
    assertEquals([live(), asking.spent().requests], [1, 3]);
  }));

Deno.test("an answer of a batch that cannot be used is asked again only with --retry-failed", () =>
  inFolder(async (folder) => {
    const faults = [null, { kind: "empty content" } as const];
    await using server = faultServer({ answer: "yes", batch: { polls: 1 }, faults });
    const { open, judge, live, send, work } = site(folder, server);
    const asking = await open();
    await sendBatches(work, asking, send);
    const verdicts = await judge(asking);
    assertEquals([verdicts.map(({ met }) => met), live()], [[true, null, true], 0]);
    assertEquals(
      verdicts[1].reason,
      "the answer is empty; not asked again: --batch-api asks nothing one by one, unless with " +
        "--retry-failed",
    );
    const told = await open();
    await sendBatches(work, told, { ...send, retryFailed: true });
    assertEquals((await judge(told)).map(({ met }) => met), [true, true, true]);
    assertEquals(live(), 1);
  }));

Deno.test("a later call sends what failed in another batch, or asks it live with --retry-failed", () =>
  inFolder(async (folder) => {
    await using server = faultServer({ answer: "yes", batch: failFirst() });
    const { open, judge, live, send, work } = site(folder, server);
    await sendBatches(work, await open(), send);
    server.change({ batch: failFirst() });
    const before = server.requests.length;
    await sendBatches(work, await open(), send);
    assertEquals([server.requests.length - before, live()], [1, 0]);
    const told = await open();
    await sendBatches(work, told, { ...send, retryFailed: true });
    assertEquals((await judge(told)).map(({ met }) => met), [true, true, true]);
    assertEquals([server.requests.length - before, live()], [2, 1]);
  }));

Deno.test("what a batch is answering is not asked live as well, and its money is on record", () =>
  inFolder(async (folder) => {
    await using server = faultServer({ answer: "yes", batch: { polls: 9 } });
    const { open, judge, live, send, work, notes } = site(folder, server);
    const first = await open();
    const sent = await sendBatches(work, first, { ...send, wait: false });
    assertEquals(sent.proceed, false);
    const { in_progress_usd = 0, cost_usd } = first.spent();
    assertOk(in_progress_usd > 0.05 && cost_usd === 0, `${in_progress_usd}`);
    const second = await open();
    await withholdBatched(work, second, send.note);
    const verdicts = await judge(second);
    assertEquals([live(), verdicts[0].met], [0, null]);
    assertOk(verdicts[0].reason.includes("--batch-api"), verdicts[0].reason);
    assertOk(notes.some((note) => note.startsWith("3 requests are in progress")), notes.join());
    server.change({ batch: { polls: 1 } });
    const third = await open();
    await sendBatches(work, third, send);
    assertEquals((await judge(third)).map(({ met }) => met), [true, true, true]);
    assertEquals([live(), third.spent().in_progress_usd], [0, 0]);
  }));

Deno.test("a batch that does not fit is refused with both sums, and nothing is asked live instead", () =>
  inFolder(async (folder) => {
    await using server = faultServer({ answer: "yes" });
    const { open, send, work } = site(folder, server);
    const asking = await open({ budget: 0.05 });
    const words = ["a batch of 3 requests may cost", "$0.00 of $0.05", "--budget"];
    await assertInputError(() => sendBatches(work, asking, send), ...words);
    assertEquals(server.requests.length, 0);
  }));

Deno.test("a server that ignores the limit of tokens stops the run at its first answer, which is kept", () =>
  inFolder(async (folder) => {
    const usage = { prompt_tokens: 900, completion_tokens: 20_000 };
    const message = { content: '{"criteria": []}' };
    const body = JSON.stringify({ choices: [{ finish_reason: "stop", message }], usage });
    await using server = faultServer({ faults: () => ({ kind: "body", body }) });
    const { open } = site(folder, server);
    const asking = await open({ concurrency: 1 });
    const question = (dimension: typeof DIMENSIONS[number]) =>
      asking.judge.judge(TASK, block(3, dimension), VIDEO, {});
    const message1 = await assertInputError(
      () => question(DIMENSIONS[0]),
      "20000 tokens for an answer that was limited to 4096",
      "--budget",
    );
    assertEquals(message1.includes("\n"), false);
    await assertInputError(() => question(DIMENSIONS[1]), "Stopped");
    const { requests, overrun_usd = 0, cost_usd } = asking.spent();
    assertEquals([requests, server.requests.length], [1, 1]);
    assertOk(overrun_usd > 0.14 && cost_usd > 0.2, `${overrun_usd} of ${cost_usd}`);
    assertEquals([...Deno.readDirSync(`${folder}/answers`)].filter((e) => e.isDirectory).length, 1);
    // Without a budget the same server is asked on.
    const unlimited = await open({ budget: Infinity, concurrency: 1 });
    await unlimited.judge.judge(TASK, block(3, DIMENSIONS[1]), VIDEO, {});
    assertOk(server.requests.length > 1);
  }));

Deno.test("an answer longer than its limit stops the run, also where it is not or barely counted", () =>
  inFolder(async (folder) => {
    const message = { content: `{"criteria": []} ${"and so on ".repeat(20_000)}` };
    for (const usage of [undefined, { prompt_tokens: 900, completion_tokens: 12 }]) {
      const body = JSON.stringify({ choices: [{ finish_reason: "stop", message }], usage });
      await using server = faultServer({ faults: () => ({ kind: "body", body }) });
      const { open } = site(folder, server);
      const asking = await open({ concurrency: 1, answers: `${folder}/${String(usage)}` });
      const question = () => asking.judge.judge(TASK, block(3, DIMENSIONS[0]), VIDEO, {});
      await assertInputError(question, "at least 8751 tokens, uncounted", "limited to 4096");
      assertEquals(server.requests.length, 1);
    }
  }));

Deno.test("the prompt as released sends a limit of tokens only where a budget needs it", () =>
  inFolder(async (folder) => {
    const evaluator = new URL("../../../testing/openai/evaluator_like.py", import.meta.url);
    await using server = faultServer({ answer: "yes", keepBodies: true, batch: { polls: 1 } });
    const { open, judge, live, send, work } = site(folder, server);
    const released = (more: Partial<AskingOptions>) =>
      open({ releasedEvaluator: fileURLToPath(evaluator), ...more });
    await judge(await released({ budget: Infinity, answers: `${folder}/unlimited` }));
    await judge(await released({ budget: 9, answers: `${folder}/limited` }));
    const limits = server.requests.map(({ body }) => body!.max_completion_tokens);
    assertEquals(limits, [undefined, undefined, undefined, 4096, 4096, 4096]);
    const batched = await released({ answers: `${folder}/batched` });
    await sendBatches(work, batched, send);
    await judge(batched);
    assertEquals([live(), server.requests.at(-1)!.body!.max_completion_tokens], [6, 4096]);
    // The answer is that of the question as released: kept ones stay valid either way.
    await judge(await released({ budget: Infinity, answers: `${folder}/limited` }));
    assertEquals(live(), 6);
  }));

Deno.test("a server that takes no limit of tokens cannot have a budget", () =>
  inFolder(async (folder) => {
    await using server = faultServer({
      answer: "yes",
      faults: ({ body }) =>
        "max_tokens" in body || "max_completion_tokens" in body
          ? { kind: "status", status: 400, message: "max_tokens is not supported" }
          : null,
    });
    const { open, judge } = site(folder, server);
    const asking = await open({ concurrency: 1 });
    await assertInputError(() => judge(asking), "no limit on the tokens", "--budget");
    assertEquals(asking.spent().cost_usd, 0);
  }));

Deno.test("a field refused in a batch is left out of the next one, also by another process", () =>
  inFolder(async (folder) => {
    const refused: boolean[] = [];
    const failLine = (_: string, { body }: Asked) => {
      refused.push("temperature" in body);
      const message = "Unsupported value: 'temperature' does not support 0 with this model.";
      return "temperature" in body ? { status: 400, message } : null;
    };
    await using server = faultServer({ answer: "yes", batch: { polls: 1, failLine } });
    const { open, judge, send, work, live } = site(folder, server);
    const first = await open();
    await sendBatches(work, first, send);
    assertEquals((await judge(first)).map(({ met }) => met), [null, null, null]);
    const second = await open();
    await sendBatches(work, second, send);
    assertEquals(refused, [true, true, true, false, false, false]);
    assertEquals(
      await judge(second),
      DIMENSIONS.map(() => ({
        ...{ met: true, reason: "sent without temperature" },
      })),
    );
    assertEquals([live(), second.spent().sent_as], [0, ["sent without temperature"]]);
  }));

Deno.test("lines of a batch that are refused alike lead to the next form, not past it", () =>
  inFolder(async (folder) => {
    const failLine = (_: string, { body }: Asked) => {
      const message = body.response_format?.type === "json_schema"
        ? "response_format of type json_schema is not supported"
        : "max_completion_tokens" in body
        ? "Unsupported parameter: 'max_completion_tokens'"
        : null;
      return message === null ? null : { status: 400, message };
    };
    await using server = faultServer({ answer: "yes", batch: { polls: 1, failLine } });
    const { open, judge, send, work } = site(folder, server);
    const kinds: (readonly [string, string])[] = [];
    for (let call = 0; call < 3; call++) {
      const asking = await open();
      await sendBatches(work, asking, send);
      kinds.push([asking.server.known.mode, asking.server.known.cap]);
      if (call === 2) assertEquals((await judge(asking)).map(({ met }) => met), [true, true, true]);
    }
    assertEquals(kinds, [
      ["json_object", "max_completion_tokens"],
      ["json_object", "max_tokens"],
      ["json_object", "max_tokens"],
    ]);
  }));

Deno.test("the limit that a budget adds to the prompt as released is sent by the name that is accepted", () =>
  inFolder(async (folder) => {
    const evaluator = new URL("../../../testing/openai/evaluator_like.py", import.meta.url);
    const refused = ({ body }: Asked) => {
      const message = "Unsupported parameter: 'max_completion_tokens'. Use 'max_tokens' instead.";
      return "max_completion_tokens" in body ? { status: 400, message } : null;
    };
    const all = [true, true, true];
    const faults = (asked: Asked) => {
      const found = refused(asked);
      return found && { kind: "status" as const, ...found };
    };
    await using live = faultServer({ answer: "yes", faults });
    const alone = site(`${folder}/live`, live);
    const asked = { releasedEvaluator: fileURLToPath(evaluator), concurrency: 1 };
    const verdicts = await alone.judge(await alone.open(asked));
    assertEquals([verdicts.map(({ met }) => met), alone.live()], [all, 6]);
    const failLine = (_: string, asked: Asked) => refused(asked);
    await using server = faultServer({ answer: "yes", batch: { polls: 1, failLine } });
    const { open, judge, send, work } = site(`${folder}/batch`, server);
    await sendBatches(work, await open(asked), send);
    const later = await open(asked);
    await sendBatches(work, later, send);
    assertEquals((await judge(later)).map(({ met }) => met), all);
  }));
