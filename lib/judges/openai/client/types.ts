/** Types shared by the client's modules. */
import type { ChatCompletionCreateParamsNonStreaming } from "openai/resources/chat/completions";

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
  prompt_tokens: number;
  completion_tokens: number;
  /** Milliseconds from sending to the complete answer, of the successful attempt. */
  latency_ms: number;
  /** Number of requests sent until this answer arrived. */
  attempts: number;
}

/** Sends requests within a common limit. */
export interface ChatClient {
  /**
   * @throws {InputError} for errors that affect every request: no access, no such model.
   * @throws {RequestFailed} if this request got no answer after all attempts.
   * @throws {PayloadTooLarge} if the server rejects the size.
   * @throws The signal's reason if aborted.
   */
  send(body: ChatBody, options: { signal?: AbortSignal }): Promise<Reply>;
}

/** A request without an answer; the message is the verdicts' reason. */
export class RequestFailed extends Error {
  override name = "RequestFailed";
}

/** A request rejected for its size (HTTP 413). */
export class PayloadTooLarge extends Error {
  override name = "PayloadTooLarge";
}
