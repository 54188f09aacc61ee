/** Sends chat completions to an OpenAI-compatible server, with retries and rate limiting. */
import { InputError } from "../../../errors.ts";
import { random } from "../../../random.ts";
import { connectionText, isUnreachable, isUnsent, messagesOf } from "./connection.ts";
import { type Failure, failureOfStatus, shortened, statusFailure } from "./failure.ts";
import type { ChatClientOptions, ChatStats } from "./client_options.ts";
import { charged } from "./charged.ts";
import { addressOf } from "./address.ts";
import { refusals } from "./alike.ts";
import { openaiApi } from "./api.ts";
import { forbiddenGate } from "./forbidden.ts";
import { BodyTooLarge, fetching, MOST_ANSWER_BYTES } from "./fetching.ts";
import { PLAIN } from "./dialect.ts";
import { otherForm } from "./refusal.ts";
import { whatToTry } from "./what_to_try.ts";
import { backoffMs, wait } from "./backoff.ts";
import { exhaustedMs } from "./headers.ts";
import { limiter, type Slot, SYSTEM_CLOCK } from "./limiter.ts";
import { readBody, withoutSecrets } from "../answer/reply.ts";
import { masker, publicUrl, redactor } from "./secret.ts";
import {
  type ChatBody,
  type ChatClient,
  PayloadTooLarge,
  type Reply,
  RequestFailed,
} from "./types.ts";

export type { ChatClientOptions, ChatEvent, ChatStats } from "./client_options.ts";

/**
 * A client whose requests share one {@link limiter}. A request is repeated after 408, 409, 425, 429
 * and 5xx, a broken connection, a timeout, or a body that is not a chat completion. The server's
 * `Retry-After` and rate-limit headers delay all requests, not only this one. Otherwise a request
 * waits as `backoff.ts` says, up to `maxBackoffMs`, with `jitter` (`random(0, "chat backoff")` by
 * default).
 *
 * Errors that affect every request (401, 402, 404, no such model, no money left, no server at the
 * address; 403 where nobody is answered; five questions refused alike without any answer) are thrown
 * once to all waiting and all later requests, with the server's words and what to try.
 *
 * Empty choices, null content, refusals and truncation are not errors here: they are returned as
 * replies.
 *
 * @throws {InputError} for an invalid base URL, or one with credentials.
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { chatClient } from "./client.ts";
 * import { faultServer } from "../../../testing/openai/fault_server.ts";
 *
 * await using server = faultServer({ answer: () => "two cells" });
 * const { baseUrl } = server;
 * const client = chatClient({ baseUrl, apiKey: null, concurrency: 4, timeoutMs: 5000 });
 * const messages = [{ role: "user" as const, content: "What divides?" }];
 * const reply = await client.send({ model: "gpt-4o", messages }, {});
 * assertEquals(reply.content, "two cells");
 * ```
 */
export function chatClient(options: ChatClientOptions): ChatClient & { readonly stats: ChatStats } {
  const { baseUrl, apiKey, concurrency, timeoutMs, attempts = 5, maxBackoffMs = 30_000 } = options;
  const { onEvent = () => {}, clock = SYSTEM_CLOCK } = options;
  const { jitter = random(0, "chat backoff") } = options;
  const { headers = {}, proxy = null } = options;
  const address = addressOf(baseUrl);
  const server = publicUrl(baseUrl);
  const way = proxy === null ? "" : ` through the proxy ${proxy}`;
  const clean = redactor(apiKey, Object.values(headers));
  const masked = masker(apiKey, Object.values(headers));
  const api = openaiApi({
    ...address,
    apiKey,
    headers,
    // The retries are ours.
    maxRetries: 0,
    fetch: fetching({ mostBytes: MOST_ANSWER_BYTES }),
    // Our timeout is shorter and covers the body, which the package's does not.
    timeout: timeoutMs + 60_000,
  });
  const traffic = limiter({
    concurrency,
    clock,
    onLimit: (from, to) => onEvent({ kind: "limit", from, to }),
  });
  const counts = {
    sent: 0,
    answered: 0,
    retried: 0,
    failed: 0,
    throttled: 0,
    timeouts: 0,
    uncounted: 0,
    prompt_tokens: 0,
    completion_tokens: 0,
    reasoning_tokens: 0,
  };
  /** Whether the server has ever responded. */
  let heard = false;
  let stopped: InputError | null = null;
  let advised = false;
  const refused = refusals();
  const forbidden = forbiddenGate({
    anyAnswered: () => counts.answered > 0,
    inFlight: () => traffic.state.in_flight,
  });
  /** Aborted with {@link stopped}, so that requests waiting for a retry are not repeated. */
  const halt = new AbortController();

  function stop({ reason, refusal }: Pick<Failure, "reason" | "refusal">, many = ""): InputError {
    const advice = adviceOn({ reason, refusal });
    const what = reason.replace(/\.$/, "") + `${many}; ${advice}`;
    stopped ??= new InputError(`Cannot ask the judge at ${server}${way}: ${what}`);
    traffic.stop(stopped);
    halt.abort(stopped);
    return stopped;
  }

  function adviceOn({ reason, refusal }: Pick<Failure, "reason" | "refusal">): string {
    const { status = null, words = reason } = refusal ?? {};
    return whatToTry({ status, words, server });
  }

  /** Counts a question that was given up; stops all if none is answered. */
  function gaveUp(question: unknown, failure: Pick<Failure, "reason" | "refusal">) {
    if (counts.answered > 0) return null;
    if (!refused.add(question, failure.reason)) {
      if (!advised) onEvent({ kind: "advice", reason: failure.reason, advice: adviceOn(failure) });
      advised = true;
      return null;
    }
    return stop(failure, " (the answer to every request so far)");
  }

  /** One attempt: a reply, or the reason for its absence. */
  async function attempt(
    body: ChatBody,
    signal: AbortSignal | undefined,
  ): Promise<Omit<Reply, "attempts"> | Failure> {
    const controller = new AbortController();
    const abort = () => controller.abort();
    let timedOut = false;
    signal?.addEventListener("abort", abort, { once: true });
    const cancelTimeout = clock.after(timeoutMs, () => {
      timedOut = true;
      abort();
    });
    const began = clock.now();
    counts.sent += 1;
    try {
      const response = await api.chat.completions.create(body, { signal: controller.signal })
        .asResponse();
      heard = true;
      const text = await response.text();
      const latency_ms = clock.now() - began;
      const read = readBody(text, body.model, textOf(body));
      if ("failure" in read) return judged(read.failure, body);
      if ("problem" in read) return { ...again(clean(read.problem)), hopeless: true };
      const exhausted = exhaustedMs(response.headers, Date.now());
      if (exhausted) pause("the server's rate limit is used up", exhausted);
      if (read.reply.uncounted) counts.uncounted += 1;
      return { ...withoutSecrets(read.reply, masked), latency_ms };
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      if (timedOut) {
        counts.timeouts += 1;
        return again(`no whole answer within ${timeoutMs} ms`);
      }
      const status = statusFailure(error);
      if (status) {
        heard = true;
        return judged(status, body);
      }
      if (error instanceof BodyTooLarge) return { ...again(error.message), hopeless: true };
      const message = shortened(clean(messagesOf(error)));
      const billable = !isUnsent(message);
      const words = connectionText(message);
      if (!heard && isUnreachable(message)) return { ...again(words), billable, kind: "fatal" };
      return { ...again(`connection${way} failed: ${words}`), billable };
    } finally {
      cancelTimeout();
      signal?.removeEventListener("abort", abort);
    }
  }

  /** The failure of a response; one that another form of the request may mend is a refusal. */
  function judged(failure: Parameters<typeof failureOfStatus>[0], body: ChatBody): Failure {
    const found = failureOfStatus(failure, clean, Date.now());
    const mendable = found.refusal && otherForm(found.refusal, PLAIN, body) !== null;
    return mendable ? { ...found, kind: "refused" } : found;
  }

  function pause(reason: string, wait_ms: number) {
    traffic.pause(wait_ms);
    onEvent({ kind: "pause", reason, wait_ms });
  }

  /** Waits before the next attempt, unless the server's requested pause already does. */
  async function backOff(failure: Failure, made: number, signal: AbortSignal | undefined) {
    const wait_ms = failure.wait_ms ?? backoffMs(made, maxBackoffMs, jitter);
    counts.retried += 1;
    onEvent({ kind: "retry", attempt: made + 1, reason: failure.reason, wait_ms });
    if (failure.wait_ms === null) await wait(wait_ms, clock, [signal, halt.signal]);
  }

  return {
    async send(body, { signal, reserve }) {
      const ticket = traffic.ticket();
      for (let made = 1;; made++) {
        signal?.throwIfAborted();
        if (stopped) throw stopped;
        const slot = await traffic.acquire({ ticket, signal });
        let result: Omit<Reply, "attempts"> | Failure;
        try {
          const charge = await reserve?.(body);
          if (signal?.aborted || stopped) {
            charge?.release();
            throw signal?.aborted ? signal.reason : stopped;
          }
          result = await charged(charge, () => attempt(body, signal));
          if ("kind" in result && result.kind === "forbidden") {
            const mine = await forbidden.isOne([signal, halt.signal]);
            result = { ...result, kind: mine ? "refused" : "fatal" };
          }
          settle(result, slot);
        } finally {
          slot.release();
          forbidden.look();
        }
        if (!("kind" in result)) return { ...result, attempts: made };
        if (result.kind === "fatal") throw stop(result);
        // Once may be a gateway that is starting.
        if (result.hopeless && made > 1) {
          const stopping = gaveUp(`${ticket} ${made}`, result);
          if (stopping) throw stopping;
        }
        if (result.kind === "retry" && made < attempts) {
          await backOff(result, made, signal);
          continue;
        }
        counts.failed += 1;
        if (result.kind === "too-large") throw new PayloadTooLarge(result.reason);
        const after = result.kind === "retry" ? ` (attempt ${made} of ${attempts})` : "";
        const passing = result.kind === "retry" && !result.hopeless;
        const stopping = passing ? gaveUp(ticket, result) : null;
        if (stopping) throw stopping;
        const { refusal } = result;
        const sent = result.kind === "refused" && refusal ? { refusal, sent: body } : undefined;
        throw new RequestFailed(`${result.reason}${after}`, sent);
      }
    },
    gaveUp(error) {
      const refusal = error instanceof RequestFailed ? error.refusal ?? undefined : undefined;
      if (!refusal && !(error instanceof PayloadTooLarge)) return null;
      return gaveUp(error, { reason: error.message, refusal });
    },
    get stats() {
      return { ...counts, limiter: traffic.state };
    },
  };

  /** Records a result before the next request takes its place. */
  function settle(result: Omit<Reply, "attempts"> | Failure, slot: Slot) {
    if (!("kind" in result)) {
      counts.answered += 1;
      counts.prompt_tokens += result.prompt_tokens;
      counts.completion_tokens += result.completion_tokens;
      counts.reasoning_tokens += result.reasoning_tokens ?? 0;
      traffic.succeeded();
      return;
    }
    if (result.kind === "fatal") stop(result);
    if (result.throttled) {
      counts.throttled += 1;
      traffic.throttled(slot);
    }
    if (result.kind === "retry" && result.wait_ms !== null) pause(result.reason, result.wait_ms);
  }
}

/** A failure that may pass, of a request that was sent. */
function again(reason: string): Failure {
  return { kind: "retry", reason, wait_ms: null, throttled: false, billable: true };
}

/** All text of a request's messages. */
function textOf({ messages }: ChatBody): string {
  return messages.flatMap(({ content }) =>
    typeof content === "string"
      ? [content]
      : (content ?? []).map((part) => "text" in part ? part.text : "")
  ).join("\n");
}
