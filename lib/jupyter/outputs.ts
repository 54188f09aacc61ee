/** Outputs that a kernel publishes while it runs a cell, in notebook format. */
import type { Message } from "./wire.ts";

/** Representations of one value by media type: text as text, images as base64. */
export type MimeBundle = Record<string, unknown>;

/** Printed text. */
export interface StreamOutput {
  output_type: "stream";
  name: "stdout" | "stderr";
  text: string;
}

/** A displayed value. */
export interface DisplayOutput {
  output_type: "display_data";
  data: MimeBundle;
  metadata: Record<string, unknown>;
}

/** The value of a cell's last expression. */
export interface ResultOutput {
  output_type: "execute_result";
  execution_count: number | null;
  data: MimeBundle;
  metadata: Record<string, unknown>;
}

/** A thrown error. */
export interface ErrorOutput {
  output_type: "error";
  ename: string;
  evalue: string;
  traceback: string[];
}

/** One output of a code cell (nbformat 4.5). */
export type Output = StreamOutput | DisplayOutput | ResultOutput | ErrorOutput;

/**
 * The output carried by a message on a kernel's IOPub channel; null for messages without one
 * (status, echoed input, updates of earlier displays). Display ids, which differ between runs, are
 * omitted.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { outputOf } from "./outputs.ts";
 *
 * const content = { name: "stdout", text: "7 clips\n" };
 * assertEquals(outputOf("stream", content), { output_type: "stream", name: "stdout", text: "7 clips\n" });
 * assertEquals(outputOf("status", { execution_state: "idle" }), null);
 * ```
 */
export function outputOf(type: string, content: Message["content"]): Output | null {
  const record = (value: unknown) => (value ?? {}) as Record<string, unknown>;
  switch (type) {
    case "stream":
      return {
        output_type: "stream",
        name: content.name === "stderr" ? "stderr" : "stdout",
        text: String(content.text ?? ""),
      };
    case "display_data":
      return {
        output_type: "display_data",
        data: record(content.data),
        metadata: record(content.metadata),
      };
    case "execute_result":
      return {
        output_type: "execute_result",
        execution_count: Number(content.execution_count),
        data: record(content.data),
        metadata: record(content.metadata),
      };
    case "error":
      return {
        output_type: "error",
        ename: String(content.ename ?? "Error"),
        evalue: String(content.evalue ?? ""),
        traceback: Array.isArray(content.traceback) ? content.traceback.map(String) : [],
      };
    default:
      return null;
  }
}

/**
 * Joins adjacent pieces of one stream, since a kernel splits printed text arbitrarily.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { mergeStreams, type Output } from "./outputs.ts";
 *
 * const piece = (text: string): Output => ({ output_type: "stream", name: "stdout", text });
 * assertEquals(mergeStreams([piece("a"), piece("b")]), [piece("ab")]);
 * ```
 */
export function mergeStreams(outputs: readonly Output[]): Output[] {
  const merged: Output[] = [];
  for (const output of outputs) {
    const last = merged.at(-1);
    if (
      output.output_type === "stream" && last?.output_type === "stream" && last.name === output.name
    ) {
      merged[merged.length - 1] = { ...last, text: last.text + output.text };
    } else {
      merged.push(output);
    }
  }
  return merged;
}
