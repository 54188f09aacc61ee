/** Reads a reply from a response's body. Servers differ, so nothing in it is taken for granted. */
import { z } from "zod";
import { type ErrorBody, readErrorBody } from "../client/error_body.ts";
import type { StatusFailure } from "../client/failure.ts";
import { credibleCounts } from "../cost/counts.ts";
import { shortened } from "../client/failure.ts";
import type { Reply } from "../client/types.ts";
import { joinedStream } from "./stream.ts";

/** A field that is not what it should be costs no answer that was paid for. */
const word = z.string().nullish().catch(null);

const completion = z.looseObject({
  model: word,
  choices: z.array(z.looseObject({
    index: z.unknown().optional(),
    finish_reason: word,
    error: z.unknown().optional(),
    message: z.looseObject({
      content: z.unknown().optional(),
      tool_calls: z.unknown().optional(),
      refusal: z.unknown().optional(),
      reasoning_content: word,
      reasoning: word,
    }).nullish(),
  })),
  usage: z.unknown().optional(),
});

/** The content of a body: a reply, an error despite a success status, or nothing usable. */
export type Body =
  | { reply: Omit<Reply, "latency_ms" | "attempts"> }
  | { failure: StatusFailure }
  | { problem: string };

/**
 * Reads the body of a chat completion sent with a success status. A missing choice gives a reply
 * without content; counts that are missing or not credible give 0 tokens and `uncounted`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { readBody } from "./reply.ts";
 *
 * assertEquals(readBody("<html>Bad gateway</html>", "m"), {
 *   problem: "the server answered with a web page instead of JSON: <html>Bad gateway</html>",
 * });
 * ```
 * @param model The requested model, used if the server does not name its own.
 * @param sent Text of the request, to tell whether its count is credible.
 */
export function readBody(body: string, model: string, sent?: string): Body {
  const start = shortened(body, 80);
  if (start === "") return { problem: "the server answered with an empty body" };
  let found: unknown;
  try {
    found = joinedStream(body) ?? JSON.parse(body);
  } catch {
    const what = /^\s*</.test(body)
      ? "with a web page instead of JSON"
      : /^\s*[[{]/.test(body)
      ? "with JSON that breaks off or is broken"
      : "with something other than JSON";
    return { problem: `the server answered ${what}: ${start}` };
  }
  const parsed = completion.safeParse(found);
  if (!parsed.success) {
    const error = readErrorBody(found);
    if (error === null) return { problem: `the server answered no chat completion: ${start}` };
    return { failure: failureOf(error) };
  }
  const { choices, usage } = parsed.data;
  const choice = choices.find(({ index }) => index === 0) ?? choices[0];
  const message = choice?.message;
  const content = textIn(message?.content) ?? argumentsIn(message?.tool_calls);
  const failed = content ? null : readErrorBody(choice?.error ?? null);
  if (failed) return { failure: failureOf(failed) };
  const thinking = message?.reasoning_content || message?.reasoning || "";
  const received = thinking + (content ?? "");
  const counts = credibleCounts(usage, { sent, received });
  return {
    reply: {
      content,
      refusal: textIn(message?.refusal) || null,
      finish_reason: choice?.finish_reason ?? "",
      model: shortened(parsed.data.model ?? "", 100) || model,
      ...(thinking !== "" || counts?.reasoning_tokens ? { thought: true as const } : {}),
      ...(counts ?? { prompt_tokens: 0, completion_tokens: 0, uncounted: true }),
    },
  };
}

/** An error that came with a success status. */
function failureOf({ message, code, type, places }: ErrorBody): StatusFailure {
  const status = Number(code);
  return {
    status: status >= 400 && status < 600 ? status : 200,
    message: `${message} (sent as a success)`,
    code: code === null ? null : String(code),
    ...{ type, places },
  };
}

/** Some servers send a message in parts, or the object that was asked for as such; null for none. */
function textIn(content: unknown): string | null {
  if (content === null || content === undefined) return null;
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return JSON.stringify(content);
  return content.map((piece) => {
    const { text = "", type } = Object(piece);
    if (typeof piece === "string") return piece;
    // What is thought in a part is not the answer.
    return typeof text === "string" && !/reason|think/.test(String(type)) ? text : "";
  }).join("");
}

/** Gateways that turn a schema into a tool leave the answer in its call. */
function argumentsIn(calls: unknown): string | null {
  const [call, ...others] = Array.isArray(calls) ? calls : [];
  const { arguments: given } = Object(Object(call).function);
  return others.length === 0 && typeof given === "string" ? given : null;
}

/** A reply without secrets in its words. */
export function withoutSecrets<Words extends Pick<Reply, "content" | "refusal" | "model">>(
  reply: Words & Pick<Reply, "finish_reason">,
  masked: (text: string) => string,
): Words {
  const { content, refusal, model, finish_reason } = reply;
  return {
    ...reply,
    content: content === null ? null : masked(content),
    refusal: refusal === null ? null : masked(refusal),
    model: masked(model),
    finish_reason: masked(finish_reason),
  };
}
