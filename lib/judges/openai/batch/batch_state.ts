/** What is under way at the Batch API, in a file from which another process can go on. */
import { z } from "zod";
import { InputError, messageOf } from "../../../errors.ts";
import { replaceFile } from "../../../store/file.ts";

const partSchema = z.strictObject({
  /** The file of requests, beside the state. */
  file: z.string().min(1),
  /** The answers' keys, which are the requests' `custom_id`. */
  keys: z.array(z.string()),
  /** The uploaded file's id; null until it is uploaded. */
  input_file: z.string().nullable(),
  /** Milliseconds since 1970 at which it was uploaded; 0 until then. */
  uploaded_at: z.number(),
  /** The batch's id; null until the server confirmed it. */
  batch: z.string().nullable(),
  /** The server's word for how it stands; empty until there is a batch. */
  status: z.string(),
  /** Whether its answers are kept: nothing of it is under way any more. */
  collected: z.boolean(),
  answered: z.number(),
  /** Why requests of it have no answer, by key. */
  failed: z.record(z.string(), z.string()),
});

const stateSchema = z.strictObject({
  version: z.literal(1),
  /** The server's address, without what may be secret in it. */
  server: z.string(),
  parts: z.array(partSchema),
});

/** One file of requests and what became of it. */
export type BatchPart = z.infer<typeof partSchema>;
/** All files of requests that were made, the oldest first. */
export type BatchState = z.infer<typeof stateSchema>;

/**
 * Reads the state, or begins one.
 *
 * @param server Where batches are to be sent.
 * @throws {InputError} for a file that is no state, or one with batches under way at another server.
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { readBatchState } from "./batch_state.ts";
 *
 * assertEquals((await readBatchState("no/such/batch.json", "https://api.openai.com/v1")).parts, []);
 * ```
 */
export async function readBatchState(path: string, server: string): Promise<BatchState> {
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { version: 1, server, parts: [] };
    throw error;
  }
  let state: BatchState;
  try {
    state = stateSchema.parse(JSON.parse(text));
  } catch (error) {
    const problem = error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error);
    throw new InputError(`Cannot read what is under way from ${path}: ${problem}`);
  }
  const open = state.parts.filter((part) => !part.collected);
  if (open.length > 0 && state.server !== server) {
    throw new InputError(
      `Cannot go on with the batches in ${path}: ${open.length} are under way at ${state.server}, ` +
        `and the server given is ${server}`,
    );
  }
  return { ...state, server };
}

/**
 * Writes the state: the file is the old one or the new one, whenever the process ends.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { readBatchState, writeBatchState } from "./batch_state.ts";
 *
 * const path = await Deno.makeTempFile();
 * const server = "https://api.openai.com/v1";
 * await writeBatchState(path, { version: 1, server, parts: [] });
 * assertEquals((await readBatchState(path, server)).parts, []);
 * await Deno.remove(path);
 * ```
 */
export async function writeBatchState(path: string, state: BatchState): Promise<void> {
  await replaceFile(path, JSON.stringify(state, null, 1) + "\n");
}
