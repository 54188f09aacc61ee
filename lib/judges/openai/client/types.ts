/** What the parts of this room hand each other. */
import type { ChatCompletionCreateParamsNonStreaming } from "openai/resources/chat/completions";

/** A chat-completion request, as npm:openai takes it. */
export type ChatBody = ChatCompletionCreateParamsNonStreaming;

/** An answer that a server gave, whatever it is worth. */
export interface Reply {
  /** The message's text; null where the server sent none. */
  content: string | null;
  /** The model's refusal, where the server marks it as one. */
  refusal: string | null;
  /** Why the answer ended: `stop`, `length`, `content_filter`, … */
  finish_reason: string;
  /** The model snapshot that the server says it used. */
  model: string;
  prompt_tokens: number;
  completion_tokens: number;
  /** Milliseconds from sending to the whole answer, of the attempt that succeeded. */
  latency_ms: number;
  /** Requests sent until this answer came. */
  attempts: number;
}

/** Sends requests, within one limit for all of them. */
export interface ChatClient {
  /**
   * @throws {InputError} for what would befall every request: no access, no such model.
   * @throws {RequestFailed} where this request got no answer after all attempts.
   * @throws {PayloadTooLarge} where the server will not take so many bytes.
   * @throws The signal's reason once it is aborted.
   */
  send(body: ChatBody, options: { signal?: AbortSignal }): Promise<Reply>;
}

/** A request that got no answer; the message is the verdicts' reason. */
export class RequestFailed extends Error {
  override name = "RequestFailed";
}

/** A request that the server refused for its size (HTTP 413). */
export class PayloadTooLarge extends Error {
  override name = "PayloadTooLarge";
}
