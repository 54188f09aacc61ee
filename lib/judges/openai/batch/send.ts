/** Judging the remaining clips through the Batch API. */
import type { Prepared, PrepareWork } from "../../judge_entry.ts";
import type { Asking } from "../asking.ts";
import { answerStore } from "../cache/answers.ts";
import { dollars } from "../cost/dollars.ts";
import { otherForm } from "../client/refusal.ts";
import { questioner, settingsBody } from "../prompt/question.ts";
import { batchRequests, runBatches } from "./batch.ts";
import { keysInProgress } from "./batch_state.ts";

/** Maximum number of reasons shown for unanswered requests. */
const SHOWN = 5;

/** See {@link sendBatches}. */
export interface SendOptions {
  /**
   * Whether to wait until all batches have ended; otherwise judging may have to wait for a later
   * call.
   */
  wait: boolean;
  /**
   * Whether what batches left without a usable answer is then asked one by one, at full price.
   * Otherwise judging sends nothing.
   */
  retryFailed: boolean;
  /** Milliseconds between two looks; a minute by default. */
  pollMs?: number;
  /** Takes what is worth knowing. */
  note(line: string): void;
}

/**
 * Sends the remaining requests to the Batch API, or continues those in progress; their answers are
 * cached, where judging finds them. What a batch left unanswered, and what did not fit into the
 * budget, judging does not ask.
 */
export async function sendBatches(
  { byClip, repeat, paths, signal, framesOf, progress }: PrepareWork,
  asking: Asking,
  { wait, retryFailed, pollMs, note }: SendOptions,
): Promise<Prepared> {
  const { options: { baseUrl, apiKey, headers, answers }, server } = asking;
  // As far as is known, what the lines that are collected now were sent as. Refused alike, they lead
  // one step further together, not one each.
  const sent = server.known;
  const ask = questioner({ ...asking.settings, repeat });
  async function* requests() {
    for (const calls of byClip) {
      signal?.throwIfAborted();
      const video = await framesOf(calls[0].clip);
      for (const { task, criteria } of calls) {
        for (const request of batchRequests(ask(task, criteria, video), server)) {
          const { cap } = server.known;
          yield { ...request, body: async () => asking.limited(await request.body(), cap) };
        }
      }
    }
  }
  const report = await runBatches(requests(), {
    ...{
      baseUrl,
      apiKey,
      headers,
      wait,
      pollMs,
      signal,
      money: asking.batches,
      leaveFailed: retryFailed,
    },
    answers: answerStore(answers),
    learn(refusal) {
      const body = asking.limited(settingsBody(asking.settings, sent), sent.cap);
      const found = otherForm(refusal, sent, body);
      if (found) server.adopt(found, sent);
    },
    statePath: paths.batches,
    onProgress: ({ done, in_flight, batches }) =>
      progress(`${done} of ${in_flight}: ${batches.map(({ status }) => status).join(", ")}`),
  });
  // Another batch, perhaps of another process, is sent in the form that this one lacked.
  await server.confirm();
  const { submitted, answered, in_flight, in_flight_usd, failed, unsent, reached } = report;
  const reasons = [...Map.groupBy(failed, ({ reason }) => reason)];
  for (const [reason, { length }] of reasons.slice(0, SHOWN)) {
    note(`unanswered: ${length === 1 ? "" : `${length} times: `}${reason}`);
  }
  if (failed.length > 0 && !retryFailed) {
    for (const { key, reason } of failed) {
      asking.withhold(key, `unanswered in a batch: ${reason}`);
    }
    note(
      `${failed.length} requests unanswered. Run the same command again to send them in another ` +
        "batch, or with --retry-failed to ask them one by one at full price",
    );
  }
  if (!retryFailed) {
    asking.withholdAll("--batch-api asks nothing one by one, unless with --retry-failed");
  }
  for (const key of unsent) asking.withhold(key, "not sent: the batch did not fit into --budget");
  if (in_flight > 0) {
    note(
      `In progress, at most ${dollars(in_flight_usd)}. To collect the answers, run the same ` +
        "command again, from any process.",
    );
  }
  // Without a new answer there is nothing to judge.
  if (reached && answered === 0) throw reached;
  return {
    proceed: in_flight === 0,
    summary: `${submitted} sent, ${answered} answered, ${in_flight} in progress`,
    check() {
      if (reached) throw reached;
      asking.checkSpending();
    },
  };
}

/** Keeps what a batch is answering from being asked and paid for a second time. */
export async function withholdBatched(
  { paths }: Pick<PrepareWork, "paths">,
  asking: Pick<Asking, "withhold">,
  note: (line: string) => void,
): Promise<void> {
  const keys = await keysInProgress(paths.batches);
  for (const key of keys) {
    asking.withhold(key, "in progress in a batch: collect it with --batch-api");
  }
  if (keys.length > 0) {
    note(`${keys.length} requests are in progress in batches; to collect them, add --batch-api`);
  }
}
