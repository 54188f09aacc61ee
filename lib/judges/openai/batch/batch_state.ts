/** The state of batches in progress, in a file from which another process can continue. */
import { z } from "zod";
import { InputError, messageOf } from "../../../errors.ts";
import { tellDamage } from "../../../store/damage.ts";
import { readRecord, writeRecord } from "../../../store/record_file.ts";
import { zodText } from "../../../zod_text.ts";

const partSchema = z.strictObject({
  /** The file of requests, next to the state. */
  file: z.string().min(1),
  /** The answers' keys, used as the requests' `custom_id`. */
  keys: z.array(z.string()),
  /** The uploaded file's id; null before the upload. */
  input_file: z.string().nullable(),
  /** Time of the upload in milliseconds since 1970; 0 before. */
  uploaded_at: z.number(),
  /** The batch's id; null until the server has confirmed it. */
  batch: z.string().nullable(),
  /** The server's status; empty until there is a batch. */
  status: z.string(),
  /** Whether its answers are cached: nothing of it is in progress any more. */
  collected: z.boolean(),
  answered: z.number(),
  /** Reasons of requests without an answer, by key. */
  failed: z.record(z.string(), z.string()),
  /** The most that each request can cost in US dollars, as `keys`; absent in earlier versions. */
  most_usd: z.array(z.number().nonnegative()).optional(),
  /** What it costs, discount included; absent in earlier versions. */
  rates: z.strictObject({
    input_per_million: z.number().nonnegative(),
    output_per_million: z.number().nonnegative(),
  }).optional(),
});

const stateSchema = z.strictObject({
  version: z.literal(1),
  /** The server's URL, without parts that may be secret. */
  server: z.string(),
  parts: z.array(partSchema),
});

/** One file of requests and its results. */
export type BatchPart = z.infer<typeof partSchema>;
/** All files of requests, oldest first. */
export type BatchState = z.infer<typeof stateSchema>;

/**
 * Reads the state, or starts a new one.
 *
 * @param server The server for new batches.
 * @throws {InputError} for a malformed file, or one with batches in progress at another server.
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { readBatchState } from "./batch_state.ts";
 *
 * assertEquals((await readBatchState("no/such/batch.json", "https://api.openai.com/v1")).parts, []);
 * ```
 */
export async function readBatchState(path: string, server: string): Promise<BatchState> {
  const state = await readState(path);
  if (state === null) return { version: 1, server, parts: [] };
  const open = state.parts.filter((part) => !part.collected);
  if (open.length > 0 && state.server !== server) {
    throw new InputError(
      `Cannot continue the batches in ${path}: ${open.length} are in progress at ${state.server}, ` +
        `but the given server is ${server}`,
    );
  }
  return { ...state, server };
}

/** The state in a file; null where there is none. */
async function readState(path: string): Promise<BatchState | null> {
  const found = await readRecord(path);
  if (found === null) return null;
  if (found.restored) tellDamage(`${path} was changed or damaged; what its copy holds is used`);
  try {
    if (found.problem !== "") throw new Error(found.problem);
    return stateSchema.parse(found.value);
  } catch (error) {
    const problem = error instanceof z.ZodError ? zodText(error) : messageOf(error);
    throw new InputError(
      `Cannot read ${path}, which records the batches in progress: ${
        problem.replaceAll(/\s*\n\s*/g, " ")
      }. Nothing was sent. If the server shows no batch in progress, remove the file; otherwise ` +
        "wait for its batch and remove the file then, and its requests are sent anew",
    );
  }
}

/**
 * Writes the state atomically: the file is the old one or the new one, even if the process is
 * killed.
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
  await writeRecord(path, state);
}

/**
 * Keys of the requests in progress at any server; none where there is no state.
 *
 * @throws {InputError} for a malformed file.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { keysInProgress } from "./batch_state.ts";
 *
 * assertEquals(await keysInProgress("no/such/batch.json"), []);
 * ```
 */
export async function keysInProgress(path: string): Promise<string[]> {
  const { parts } = await readState(path) ?? { parts: [] };
  return parts.filter(({ collected }) => !collected).flatMap(({ keys }) => keys);
}
