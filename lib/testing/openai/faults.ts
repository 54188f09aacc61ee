/** Ways in which servers misbehave. */

/** A fault of one request. */
export type Fault =
  /** An error status. `retry_after` is sent verbatim, or as the date in the given milliseconds. */
  | {
    kind: "status";
    status: number;
    message?: string;
    code?: string;
    retry_after?: string | { date_in_ms: number };
    headers?: Record<string, string>;
    /** The error's body, if not in OpenAI's format. */
    body?: string;
  }
  /** Half of the answer, then a broken connection. */
  | { kind: "reset" }
  /** Silence for this long (30 s by default), without even a status; then the answer. */
  | { kind: "hang"; ms?: number }
  /** A status and half of the answer, then silence for this long. */
  | { kind: "stall"; ms?: number }
  /** A success with a different body. */
  | { kind: "body"; body: string; type?: string }
  /** An answer that is correctly sent, but useless, or partly so. */
  | { kind: AnswerFault };

/** Faults in the model's text rather than in its transmission. */
export type AnswerFault =
  | "no choices"
  | "null content"
  | "empty content"
  | "refusal"
  | "content filter"
  | "truncated"
  | "half JSON content"
  | "too few entries"
  | "too many entries"
  | "unknown id"
  | "id twice"
  | "non-binary"
  | "text as verdict"
  | "no JSON"
  | "fenced"
  | "prose around"
  | "thinking before"
  | "uncounted";

const HTML = "<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head>" +
  "<body><h1>502 Bad Gateway</h1></body></html>";

const status = (status: number, message: string, more: Partial<Fault & { kind: "status" }> = {}) =>
  ({ kind: "status", status, message, ...more }) as const;

/**
 * Every fault by name, with what a good client does with it:
 * - `resend`: repeating the request may succeed;
 * - `reask`: there is an answer, but no verdict may be taken from it;
 * - `usable`: there is an answer with valid verdicts, despite its surroundings;
 * - `fatal`: it would affect every request;
 * - `shrink`: a smaller request might be accepted;
 * - `refused`: this request would fail again in the same way.
 */
export const FAULTS: Record<
  string,
  { fault: Fault; remedy: "resend" | "reask" | "usable" | "fatal" | "shrink" | "refused" }
> = {
  "429": { fault: status(429, "Rate limit reached"), remedy: "resend" },
  "429 with seconds": {
    fault: status(429, "Rate limit reached", { retry_after: "0.1" }),
    remedy: "resend",
  },
  "429 with a date": {
    fault: status(429, "Rate limit reached", { retry_after: { date_in_ms: 0 } }),
    remedy: "resend",
  },
  "500": { fault: status(500, "The server had an error"), remedy: "resend" },
  "502 as a web page": { fault: { ...status(502, ""), body: HTML }, remedy: "resend" },
  "503": { fault: status(503, "The engine is overloaded"), remedy: "resend" },
  "503 with seconds": {
    fault: status(503, "The engine is overloaded", { retry_after: "0.1" }),
    remedy: "resend",
  },
  "408": { fault: status(408, "Request timeout"), remedy: "resend" },
  "409": { fault: status(409, "Conflict"), remedy: "resend" },
  "reset": { fault: { kind: "reset" }, remedy: "resend" },
  "hang": { fault: { kind: "hang" }, remedy: "resend" },
  "stall": { fault: { kind: "stall" }, remedy: "resend" },
  "web page": { fault: { kind: "body", body: HTML, type: "text/html" }, remedy: "resend" },
  "empty body": { fault: { kind: "body", body: "" }, remedy: "resend" },
  "half JSON": {
    fault: { kind: "body", body: '{"id":"chatcmpl-1","object":"chat.completion","choices":[{"ind' },
    remedy: "resend",
  },
  "error as success": {
    fault: { kind: "body", body: '{"error":{"message":"Provider overloaded","code":503}}' },
    remedy: "resend",
  },
  "no choices": { fault: { kind: "no choices" }, remedy: "reask" },
  "null content": { fault: { kind: "null content" }, remedy: "reask" },
  "empty content": { fault: { kind: "empty content" }, remedy: "reask" },
  "refusal": { fault: { kind: "refusal" }, remedy: "reask" },
  "content filter": { fault: { kind: "content filter" }, remedy: "reask" },
  "truncated": { fault: { kind: "truncated" }, remedy: "reask" },
  "half JSON content": { fault: { kind: "half JSON content" }, remedy: "reask" },
  "too few entries": { fault: { kind: "too few entries" }, remedy: "reask" },
  "too many entries": { fault: { kind: "too many entries" }, remedy: "reask" },
  "unknown id": { fault: { kind: "unknown id" }, remedy: "reask" },
  "id twice": { fault: { kind: "id twice" }, remedy: "reask" },
  "non-binary": { fault: { kind: "non-binary" }, remedy: "reask" },
  "text as verdict": { fault: { kind: "text as verdict" }, remedy: "reask" },
  "no JSON": { fault: { kind: "no JSON" }, remedy: "reask" },
  "fenced": { fault: { kind: "fenced" }, remedy: "usable" },
  "prose around": { fault: { kind: "prose around" }, remedy: "usable" },
  "thinking before": { fault: { kind: "thinking before" }, remedy: "usable" },
  "uncounted": { fault: { kind: "uncounted" }, remedy: "usable" },
  "401": { fault: status(401, "Incorrect API key provided"), remedy: "fatal" },
  "403": { fault: status(403, "You have no access to this model"), remedy: "fatal" },
  "404 model": {
    fault: status(404, "The model does not exist", { code: "model_not_found" }),
    remedy: "fatal",
  },
  "400 model": { fault: status(400, "model 'gpt-x' not found"), remedy: "fatal" },
  "quota": {
    fault: status(429, "You exceeded your current quota", { code: "insufficient_quota" }),
    remedy: "fatal",
  },
  "413": { fault: status(413, "Request entity too large"), remedy: "shrink" },
  "400 too large": { fault: status(400, "Request payload too large"), remedy: "shrink" },
  "400": { fault: status(400, "Invalid value for 'messages'"), remedy: "refused" },
  "400 too many tokens": {
    fault: status(400, "This model's maximum context length is 8192 tokens", {
      code: "context_length_exceeded",
    }),
    remedy: "refused",
  },
};
