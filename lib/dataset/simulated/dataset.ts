/** Generates a training set: simulated clips with captions and ground truth. */
import { join } from "node:path";
import { z } from "zod";
import { openCache } from "../../store/cache.ts";
import { exists, replaceFile } from "../../store/file.ts";
import { gatherRows } from "../../store/gather.ts";
import { keyOf, sha256 } from "../../store/key.ts";
import { defineTable } from "../../store/schema.ts";
import { everydayFile } from "../../worlds/everyday/registry.ts";
import { worldFile } from "../../worlds/registry.ts";
import { codeVersion } from "../../code_version.ts";
import { openWorkers } from "../../workers.ts";
import { type PlannedClip, type Split, SPLITS } from "./plan.ts";
import { forEachAtOnce } from "../../runs/pool.ts";
import type { StepProgress } from "../../runs/progress.ts";
import type { StepResult } from "../../runs/session.ts";

/** A clip of a training set: a row of its table `clips`. */
export interface DatasetClip {
  id: string;
  split: string;
  world: string;
  /** The scale of a micro-world, or "macro". */
  scale: string;
  seed: number;
  /** Path of the mp4, within the set's folder. */
  path: string;
  /** Path of the ground truth as JSON, within the set's folder: see `Truth` and `MacroTruth`. */
  truth: string;
  sha256: string;
  prompt: string;
  /** The world's parameters, as JSON. */
  parameters: string;
  frames: number;
  width: number;
  height: number;
  fps: number;
  key: string;
}

export const datasetTable = defineTable<DatasetClip>({
  name: "clips",
  columns: {
    id: "utf8",
    split: "utf8",
    world: "utf8",
    scale: "utf8",
    seed: "int32",
    path: "utf8",
    truth: "utf8",
    sha256: "utf8",
    prompt: "utf8",
    parameters: "utf8",
    frames: "int32",
    width: "int32",
    height: "int32",
    fps: "float64",
    key: "utf8",
  },
  identity: ["id"],
});

/** The size and length of a set's clips. */
export interface ClipShape {
  width: number;
  height: number;
  frames: number;
  fps: number;
}

/** A job for a Worker. */
export interface DatasetJob {
  clip: PlannedClip;
  shape: ClipShape;
  folder: string;
}

/** The result of a job. */
export type MadeClip = Omit<DatasetClip, "key">;

/** Maximum delay, in milliseconds, before finished clips are written to the table. */
const GATHER_MS = 500;

/**
 * Generates a plan's missing clips, using all cores, and writes each split's `metadata.json` in the
 * format of the released training code: an array of `{id, video, prompt}`, with `video` relative to
 * the file's folder. Clips in the folder that are not in the plan stay on disk but appear neither
 * in the table nor in a `metadata.json`.
 *
 * @returns The number of clips made and cached, and the rows of the whole plan.
 * @throws The signal's reason if aborted; clips made until then are kept.
 */
export async function makeDataset(
  { plan, shape, folder, signal, workers = navigator.hardwareConcurrency }: {
    plan: readonly PlannedClip[];
    shape: ClipShape;
    folder: string;
    signal?: AbortSignal;
    workers?: number;
  },
  progress: StepProgress,
): Promise<StepResult & { clips: DatasetClip[] }> {
  const table = await openCache(datasetTable, join(folder, "clips.arrow"));
  const gathered = gatherRows(table.append, GATHER_MS);
  const result = { made: 0, cached: 0 };
  const module = new URL("./worker.ts", import.meta.url);
  const keyFor = async ({ world, seed, id, split, scale }: PlannedClip) => {
    const file = scale === "macro" ? everydayFile(world) : worldFile(world, "world.ts");
    return keyOf({ world, seed, id, split, ...shape, code: await codeVersion([module, file]) });
  };
  try {
    using makers = openWorkers<DatasetJob, MadeClip>(module, { workers, jobsEach: 2 });
    // Slightly more than the Workers hold, so that none waits and Ctrl-C need not wait for many.
    await forEachAtOnce(plan, 3 * workers, async (clip) => {
      signal?.throwIfAborted();
      const key = await keyFor(clip);
      if (await isCached(table.get(key), folder)) result.cached++;
      else {
        const made = await makers.do({ clip, shape, folder });
        gathered.add([{ ...made, key }]);
        result.made++;
      }
      progress.tick(clip.id);
    });
  } finally {
    await gathered.flush();
    table.close();
  }
  const wanted = new Set(await Promise.all(plan.map(keyFor)));
  const clips = table.rows().filter(({ key }) => wanted.has(key));
  await table.compact();
  for (const split of Object.keys(SPLITS)) {
    await writeMetadata(clips.filter((clip) => clip.split === split), split as Split, folder);
  }
  return { ...result, clips };
}

async function isCached(row: DatasetClip | undefined, folder: string): Promise<boolean> {
  if (!row) return false;
  const [clip, truth] = [join(folder, row.path), join(folder, row.truth)];
  if (!await exists(clip) || !await exists(truth)) return false;
  return sha256(await Deno.readFile(clip)) === row.sha256;
}

/** An entry of the released training code's `metadata.json` (its `train/README.md`). */
export const metadataSchema = z.array(
  z.strictObject({ id: z.string(), video: z.string(), prompt: z.string() }),
);

async function writeMetadata(clips: readonly DatasetClip[], split: Split, folder: string) {
  const entries = clips.toSorted((a, b) => a.id < b.id ? -1 : 1).map(({ id, path, prompt }) => ({
    id,
    video: path.slice(split.length + 1),
    prompt,
  }));
  const text = JSON.stringify(metadataSchema.parse(entries), null, 2) + "\n";
  await replaceFile(join(folder, split, "metadata.json"), text);
}
