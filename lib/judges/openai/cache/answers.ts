/** A cache of paid answers, so that the same question is never paid for twice. */
import { join } from "node:path";
import { z } from "zod";
import { messageOf } from "../../../errors.ts";
import { replaceFile } from "../../../store/file.ts";
import { credibleCounts } from "../cost/counts.ts";
import { checkedJson, readChecked } from "../../../store/record_file.ts";
import type { Reply } from "../client/types.ts";
import { zodText } from "../../../zod_text.ts";

const count = z.number().nonnegative();

const replySchema = z.object({
  content: z.string().nullable(),
  refusal: z.string().nullable(),
  finish_reason: z.string(),
  model: z.string(),
  // What a server counts must not cost an answer that was paid for.
  prompt_tokens: z.unknown().optional(),
  completion_tokens: z.unknown().optional(),
  reasoning_tokens: z.unknown().optional(),
  thought: z.literal(true).optional(),
  uncounted: z.literal(true).optional(),
  latency_ms: count.catch(0),
  attempts: z.int().min(1).max(1e6).catch(1),
}).transform(({ prompt_tokens, completion_tokens, uncounted, ...rest }): Reply => {
  const { reasoning_tokens, ...reply } = rest;
  const usage = { prompt_tokens, completion_tokens, reasoning_tokens };
  const counts = uncounted ? null : credibleCounts(usage);
  return {
    ...reply,
    ...(counts ?? { prompt_tokens: 0, completion_tokens: 0, uncounted: true }),
  };
});

const fileSchema = z.strictObject({ version: z.literal(1), key: z.string(), reply: replySchema });

/** See {@link answerStore}. */
export interface AnswerStore {
  /** The cached answer under a key; null if absent or damaged. */
  get(key: string): Promise<Reply | null>;
  /**
   * Caches an answer, replacing an earlier one. Once it resolves, the answer survives a killed
   * process.
   */
  put(key: string, reply: Reply): Promise<void>;
  /** Number of damaged files treated as absent. */
  readonly damaged: number;
}

/**
 * A folder of answers, one JSON file each, `ab/abcdef….json` under its key. The key is a hash of
 * the whole request (frames, prompt, model, settings), so runs, models and processes share them.
 * Files are written to a temporary name and renamed: each is complete or absent. Only the reply is
 * written, never requests, headers or API keys.
 *
 * @param options.onDamaged Called for a file treated as absent because it does not hold an answer
 * to its key.
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { answerStore } from "./answers.ts";
 *
 * const folder = await Deno.makeTempDir();
 * const answers = answerStore(folder);
 * assertEquals(await answers.get("00c0ffee"), null);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export function answerStore(
  folder: string,
  options: { onDamaged?: (path: string, why: string) => void } = {},
): AnswerStore {
  const writes = new Map<string, Promise<void>>();
  let damaged = 0;

  function pathOf(key: string): string {
    if (!/^[0-9a-f]{8,64}$/.test(key)) {
      throw new RangeError(`an answer's key is ${key}; wanted 8 to 64 hexadecimal digits`);
    }
    return join(folder, key.slice(0, 2), `${key}.json`);
  }

  return {
    async get(key) {
      const path = pathOf(key);
      let text: string;
      try {
        text = await Deno.readTextFile(path);
      } catch (error) {
        if (error instanceof Deno.errors.NotFound) return null;
        throw error;
      }
      try {
        const { value, problem } = readChecked(text);
        if (problem !== "") throw new Error(problem);
        const found = fileSchema.parse(value);
        if (found.key !== key) throw new Error(`holds the answer to ${found.key}`);
        return found.reply;
      } catch (error) {
        damaged += 1;
        const why = error instanceof z.ZodError ? zodText(error) : messageOf(error);
        options.onDamaged?.(path, why);
        return null;
      }
    },
    async put(key, reply) {
      const path = pathOf(key);
      const text = checkedJson({ version: 1, key, reply: replySchema.parse(reply) });
      // Two writers of one key in one process would share a temporary name, so they take turns.
      const before = writes.get(key) ?? Promise.resolve();
      const write = before.catch(() => {}).then(() => replaceFile(path, text));
      writes.set(key, write);
      try {
        await write;
      } finally {
        if (writes.get(key) === write) writes.delete(key);
      }
    },
    get damaged() {
      return damaged;
    },
  };
}
