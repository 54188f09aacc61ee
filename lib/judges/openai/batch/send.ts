/** Judging the remaining clips through the Batch API. */
import type { Prepared, PrepareWork } from "../../judge_entry.ts";
import type { Asking } from "../asking.ts";
import { answerStore } from "../cache/answers.ts";
import { costOf } from "../cost/price.ts";
import { questioner } from "../prompt/question.ts";
import { batchRequests, runBatches } from "./batch.ts";

/** Maximum number of reasons shown for unanswered requests. */
const SHOWN = 5;

/**
 * Sends the remaining requests to the Batch API, or continues those in progress; their answers are
 * cached, where judging finds them.
 *
 * @param options.wait Whether to wait until all batches have ended; otherwise judging may have to
 * wait for a later call.
 */
export async function sendBatches(
  { byClip, repeat, paths, signal, framesOf, progress }: PrepareWork,
  asking: Asking,
  { wait, note }: { wait: boolean; note: (line: string) => void },
): Promise<Prepared> {
  const { options: { baseUrl, apiKey, answers }, price } = asking;
  const started = new Date().toISOString();
  const ask = questioner({ ...asking.settings, repeat });
  async function* requests() {
    for (const calls of byClip) {
      signal?.throwIfAborted();
      const video = await framesOf(calls[0].clip);
      for (const { task, criteria } of calls) yield* batchRequests(ask(task, criteria, video));
    }
  }
  const report = await runBatches(requests(), {
    ...{ baseUrl, apiKey, wait, signal },
    answers: answerStore(answers),
    statePath: paths.batches,
    onProgress: ({ done, in_flight, batches }) =>
      progress(`${done} of ${in_flight}: ${batches.map(({ status }) => status).join(", ")}`),
  });
  const { submitted, answered, in_flight, failed, prompt_tokens, completion_tokens } = report;
  for (const { reason } of failed.slice(0, SHOWN)) note(`unanswered: ${reason}`);
  if (failed.length > 0) {
    note(`${failed.length} requests unanswered; run it again to send them again`);
  }
  if (in_flight > 0) {
    note("In progress. To collect the answers, run the same command again, from any process.");
  }
  const cost_usd = costOf(price, prompt_tokens, completion_tokens, { batch: true });
  return {
    proceed: in_flight === 0,
    summary: `${submitted} sent, ${answered} answered, ${in_flight} in progress`,
    ...(answered === 0 ? {} : {
      usage: {
        ...{ started, model: asking.settings.model, requests: answered, retried: 0, uncounted: 0 },
        ...{ prompt_tokens, completion_tokens, cost_usd, price: price.source },
      },
    }),
  };
}
