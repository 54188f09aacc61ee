/** Answers that a server streams although nobody asked it to. */

/** A chunk's parts that add up to an answer. */
interface Joined {
  content: string | null;
  reasoning_content: string;
  refusal: string | null;
  finish_reason: string | null;
}

/**
 * The JSON of a completion whose body is a stream of events (`data: {…}`), joined from its chunks;
 * comments that gateways send to keep a connection open are left out. Null for what is no stream. An
 * event that holds an error stands for the whole; a stream that ends before its last
 * chunk gives null, as it may have lost a part.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { joinedStream } from "./stream.ts";
 *
 * const chunk = (delta: unknown, finish_reason: string | null) =>
 *   `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
 * const body = chunk({ content: "two " }, null) + chunk({ content: "cells" }, "stop");
 * const joined = joinedStream(body + "data: [DONE]\n\n") as { choices: unknown[] };
 * assertEquals(joined.choices, [{
 *   message: { content: "two cells", reasoning_content: "", refusal: null }, finish_reason: "stop",
 * }]);
 * assertEquals(joinedStream("two cells"), null);
 * ```
 */
export function joinedStream(body: string): unknown {
  if (!/^\s*(data:|event:|id:|:)/.test(body)) return null;
  const data: string[] = [];
  const rest: string[] = [];
  for (const line of body.split(/\r?\n/)) {
    if (line.startsWith("data:")) data.push(line.slice(5).trim());
    else if (line.trim() !== "" && !/^(:|event:|id:|retry:)/.test(line)) rest.push(line);
  }
  try {
    // Comments alone before a plain answer.
    if (data.length === 0) return JSON.parse(rest.join("\n"));
    const chunks = data.filter((one) => one !== "" && one !== "[DONE]").map((one) =>
      Object(JSON.parse(one)) as Record<string, unknown>
    );
    const failed = chunks.find((chunk) => chunk.error);
    if (failed) return { error: failed.error };
    return completionOf(chunks, data.at(-1) === "[DONE]");
  } catch {
    return null;
  }
}

function completionOf(chunks: readonly Record<string, unknown>[], isDone: boolean): unknown {
  const joined: Joined = {
    content: null,
    reasoning_content: "",
    refusal: null,
    finish_reason: null,
  };
  for (const { choices } of chunks) {
    // Chunks of a second answer are not this one's.
    for (const choice of (Array.isArray(choices) ? choices : []).map(Object)) {
      if ((choice.index ?? 0) !== 0) continue;
      const { content, reasoning_content, reasoning, refusal } = Object(
        choice.delta ?? choice.message,
      );
      if (typeof content === "string") joined.content = (joined.content ?? "") + content;
      const thought = reasoning_content ?? reasoning;
      if (typeof thought === "string") joined.reasoning_content += thought;
      if (typeof refusal === "string") joined.refusal = (joined.refusal ?? "") + refusal;
      if (typeof choice.finish_reason === "string") joined.finish_reason = choice.finish_reason;
    }
  }
  if (joined.finish_reason === null && !isDone) return null;
  const last = (name: string) => chunks.findLast((chunk) => chunk[name])?.[name];
  const { finish_reason, ...message } = joined;
  return { model: last("model"), choices: [{ message, finish_reason }], usage: last("usage") };
}
