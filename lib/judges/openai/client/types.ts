/** Types shared by the client's modules. */
import type { ChatCompletionCreateParamsNonStreaming } from "openai/resources/chat/completions";
import type { InputError } from "../../../errors.ts";
import type { Kept } from "../cost/budget.ts";
import type { Refusal } from "./refusal.ts";

/** A chat-completion request, as accepted by npm:openai. */
export type ChatBody = ChatCompletionCreateParamsNonStreaming;

/** A server's answer, usable or not. */
export interface Reply {
  /** The message's text; null if the server sent none. */
  content: string | null;
  /** The model's refusal, if marked as one by the server. */
  refusal: string | null;
  /** The finish reason: `stop`, `length`, `content_filter`, … */
  finish_reason: string;
  /** The model snapshot reported by the server. */
  model: string;
  /** 0 if uncounted. */
  prompt_tokens: number;
  /** Thinking included; 0 if uncounted. */
  completion_tokens: number;
  /** Of these, tokens of thinking; absent for none, and in answers kept before it was counted. */
  reasoning_tokens?: number;
  /** Whether the model's thinking was sent beside its answer, or counted. */
  thought?: true;
  /** The server's token counts are missing or not credible (`cost/counts.ts`). */
  uncounted?: true;
  /** Milliseconds from sending to the complete answer, of the successful attempt. */
  latency_ms: number;
  /** Number of requests sent until this answer arrived. */
  attempts: number;
}

/** The money set aside for one attempt; it ends in exactly one of the three ways. */
export interface Charge {
  /** The attempt was answered, and its tokens credibly counted. */
  settle(counts: Pick<Reply, "prompt_tokens" | "completion_tokens">): void;
  /**
   * It was answered without credible counts, or may have been billed without an answer.
   *
   * @param least Tokens that the answer has at least, by its text; 0 by default.
   */
  keep(why: Kept, least?: number): void;
  /** It cannot have been billed. */
  release(): void;
}

/**
 * Sets aside the most that a request can cost, before each of its attempts.
 *
 * @param sent The request as this attempt sends it.
 * @throws {InputError} if the budget does not allow it; the signal's reason if aborted.
 */
export type Reserve = (sent: ChatBody) => Promise<Charge>;

/** Sends requests within a common limit. */
export interface ChatClient {
  /**
   * @param options.reserve Called before every attempt, repeated ones included, while it holds its
   * place in the limit; each charge is ended when the attempt is.
   * @throws {InputError} for errors that affect every request: no access, no such model.
   * @throws {RequestFailed} if this request got no answer after all attempts.
   * @throws {PayloadTooLarge} if the server rejects the size.
   * @throws The signal's reason if aborted.
   */
  send(body: ChatBody, options: { signal?: AbortSignal; reserve?: Reserve }): Promise<Reply>;
  /**
   * Reports a refusal that no other form of the request could mend. Where many questions were
   * refused alike and none was answered, the error that ends the run; null otherwise.
   */
  gaveUp?(error: Error): InputError | null;
}

/** A request without an answer; the message is the verdicts' reason. */
export class RequestFailed extends Error {
  override name = "RequestFailed";
  /** What the server refuses; null if it did not refuse, or without words. */
  readonly refusal: Refusal | null;
  /** The request as sent, if it was refused. */
  readonly sent: ChatBody | null;

  /** @param refused The refusal, and the request that it is of. */
  constructor(message: string, refused?: { refusal: Refusal; sent: ChatBody }) {
    super(message);
    this.refusal = refused?.refusal ?? null;
    this.sent = refused?.sent ?? null;
  }
}

/** A request that was not sent, because the user was promised that it would not be. */
export class NotSent extends RequestFailed {
  override name = "NotSent";
}

/** A request rejected for its size (HTTP 413). */
export class PayloadTooLarge extends Error {
  override name = "PayloadTooLarge";
}
