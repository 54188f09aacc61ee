/** Reads a reply from a response's body. Servers differ, so nothing in it is taken for granted. */
import { z } from "zod";
import { readErrorBody } from "../client/error_body.ts";
import type { StatusFailure } from "../client/failure.ts";
import { credibleCounts } from "../cost/counts.ts";
import { shortened } from "../client/failure.ts";
import type { Reply } from "../client/types.ts";

const part = z.looseObject({ text: z.string().optional() });
const text = z.union([z.string(), z.array(part)]).nullish();

const completion = z.looseObject({
  model: z.string().nullish(),
  choices: z.array(z.looseObject({
    finish_reason: z.string().nullish(),
    message: z.looseObject({
      content: text,
      refusal: z.string().nullish(),
      reasoning_content: z.string().nullish().catch(null),
      reasoning: z.string().nullish().catch(null),
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
    found = JSON.parse(body);
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
    const { message, code, type, places } = error;
    const status = Number(code);
    return {
      failure: {
        status: status >= 400 && status < 600 ? status : 200,
        message: `${message} (sent as a success)`,
        code: code === null ? null : String(code),
        ...{ type, places },
      },
    };
  }
  const { choices, usage } = parsed.data;
  const message = choices[0]?.message;
  const content = joined(message?.content);
  const thinking = message?.reasoning_content || message?.reasoning || "";
  const received = thinking + (content ?? "");
  const counts = credibleCounts(usage, { sent, received });
  return {
    reply: {
      content,
      refusal: message?.refusal || null,
      finish_reason: choices[0]?.finish_reason ?? "",
      model: parsed.data.model || model,
      ...(thinking !== "" || counts?.reasoning_tokens ? { thought: true as const } : {}),
      ...(counts ?? { prompt_tokens: 0, completion_tokens: 0, uncounted: true }),
    },
  };
}

/** Some servers send a message in parts. */
function joined(content: z.infer<typeof text>): string | null {
  if (content === null || content === undefined) return null;
  if (typeof content === "string") return content;
  return content.map((piece) => piece.text ?? "").join("");
}
