/** The step that generates: tasks × seeds × models → clips. */
import { basename, dirname, join } from "node:path";
import type { Task } from "../records/task.ts";
import { ClipError, InputError } from "../errors.ts";
import { codeVersion } from "../code_version.ts";
import type { Generator, Origin } from "../models/generator.ts";
import { type Clip, clipsTable } from "../records/clip.ts";
import type { RunPaths } from "../paths.ts";
import { openCache } from "../store/cache.ts";
import { exists } from "../store/file.ts";
import { keyOf, sha256 } from "../store/key.ts";
import type { Video } from "../video/types.ts";
import type { StepProgress } from "./progress.ts";
import type { StepResult } from "./session.ts";
import { foldShards, isOfShard, openShard, type Shard } from "./shards.ts";
import { encodeClip } from "./encode_clip.ts";
import { failuresText, makeClips, prepareClips } from "./make_clips.ts";
import { sampling } from "./take_over.ts";

const ENCODER = new URL("../video/encode.ts", import.meta.url);

/** What to generate, and where to. */
export interface GenerateWork {
  generator: Generator;
  tasks: readonly Task[];
  seeds: readonly number[];
  paths: RunPaths;
  /** Only this share of all clips; processes with the other shares may run at the same time. */
  shard?: Shard;
  signal?: AbortSignal;
  /** Takes what is worth knowing. */
  note?(line: string): void;
}

/**
 * Makes the clips that are missing: a clip is there if its row's key is this very task, seed, model
 * and code, and its file is as it was made. Clips of the form before are taken over where the present
 * code makes the same bytes, see {@link sampling}. A file that lies where a clip is to be, and that no
 * row knows, gets another name.
 *
 * @returns Where clips failed by themselves, such as those whose values are not finite, also an error
 *   that names them: they have neither file nor row, and the others are made.
 * @throws The signal's reason if it is aborted; clips made until then are kept.
 */
export async function generateClips(
  { generator, tasks, seeds, paths, shard, signal, note = () => {} }: GenerateWork,
  progress: StepProgress,
): Promise<StepResult> {
  using shared = shard ? await openShard(paths, shard) : null;
  // What its shards have lost is made again here.
  if (!shared) await foldShards(paths);
  const table = shared ?? await openCache(clipsTable, paths.table("clips"));
  const result = { made: 0, cached: 0 };
  const ours = new Set(table.rows().map(({ path }) => path));
  const failures: { clip: string; why: string }[] = [];
  const absent: { task: Task; missing: Place[] }[] = [];
  const isSame = sampling(generator, { signal });
  try {
    for (const [t, task] of tasks.entries()) {
      const missing: Place[] = [];
      const made = await madeOf(generator, task);
      for (const [s, seed] of seeds.entries()) {
        if (shard && !isOfShard(t * seeds.length + s, shard)) continue;
        const key = clipKey(generator, made, task, seed);
        const path = paths.clip(generator.name, task.task, seed);
        const file = join(paths.folder, path);
        const former = generator.formerFingerprint?.(task);
        const earlier = former && table.get(clipKey(generator, former, task, seed));
        if (await isThere(table.get(key), file)) {
          result.cached++;
          progress.tick(`${generator.name} task ${task.task} seed ${seed}`);
          continue;
        }
        const origin = await originOf(generator, task, seed);
        if (earlier && await isThere(earlier, file) && await isSame(earlier, task, origin)) {
          await table.append([{ ...earlier, ...origin, key }]);
          result.cached++;
          progress.tick(`${generator.name} task ${task.task} seed ${seed}`);
        } else missing.push({ seed, path, key });
      }
      if (missing.length > 0) absent.push({ task, missing });
    }
    if (absent.length > 0) {
      await prepareClips(generator, absent.map(({ task }) => task), {
        signal,
        onStep: (done, of) =>
          progress.within(0, `${generator.name} reads prompts, ${done} of ${of}`),
      });
    }
    for (const { task, missing } of absent) {
      for (const together of parts(missing, generator.batch ?? 1)) {
        signal?.throwIfAborted();
        const started = performance.now();
        const seeds = together.map(({ seed }) => seed);
        const videos = await makeClips(generator, task, seeds, {
          signal,
          onStep: (done, of) =>
            progress.within(
              done / of * together.length,
              `${generator.name} task ${task.task}, ${done} of ${of}`,
            ),
        });
        const seconds = (performance.now() - started) / 1000 / together.length;
        for (const [i, { seed, path, key }] of together.entries()) {
          const video = videos[i];
          if (video instanceof ClipError) {
            failures.push({ clip: `task ${task.task} seed ${seed}`, why: video.message });
          } else {
            await table.append([
              await kept(video, {
                ...{ generator, task, seed, path, key, seconds, paths, note },
                isOurs: ours.has(path),
              }),
            ]);
            result.made++;
          }
          progress.tick(`${generator.name} task ${task.task} seed ${seed}`);
        }
      }
    }
  } catch (error) {
    table.close();
    throw error;
  }
  // A run of which nothing was made has no table.
  if (!shared && table.rows().length === 0) table.close();
  else await table.compact();
  if (failures.length === 0) return result;
  const all = failures.length + result.made + result.cached;
  const refused = new InputError(
    `${failures.length} of ${all} clips of ${generator.name} were not made ` +
      `(${all - failures.length} are there):\n  ${failuresText(failures)}`,
  );
  const summary = `${failures.length} failed, ${result.made} made, ${result.cached} cached`;
  return { ...result, summary, refused };
}

/** What a clip depends on: the model and its code, and the code that encodes. */
async function madeOf(generator: Generator, task: Task): Promise<string> {
  return `${await generator.fingerprint(task)} ${await codeVersion([ENCODER])}`;
}

function clipKey({ name }: Generator, made: string, task: Task, seed: number): string {
  return keyOf({ model: name, made, ...task, seed });
}

async function originOf(generator: Generator, task: Task, seed: number): Promise<Origin> {
  return await generator.origin?.(task, seed) ?? { world: "", violation: "" };
}

/** Where a clip belongs that is to be made. */
interface Place {
  seed: number;
  path: string;
  key: string;
}

function parts<T>(all: readonly T[], size: number): T[][] {
  return Array.from(
    { length: Math.ceil(all.length / size) },
    (_, i) => all.slice(i * size, (i + 1) * size),
  );
}

/** A clip's row, its file written. */
async function kept(
  video: Video,
  { generator, task, seed, path, key, seconds, paths, note, isOurs }: Place & {
    generator: Generator;
    task: Task;
    seconds: number;
    paths: RunPaths;
    note(line: string): void;
    /** Whether a file there is the run's. */
    isOurs: boolean;
  },
): Promise<Clip> {
  const started = performance.now();
  const file = join(paths.folder, path);
  await Deno.mkdir(dirname(file), { recursive: true });
  const aside = isOurs ? null : await setAside(file);
  await encodeClip(video, file, generator);
  const hash = sha256(await Deno.readFile(file));
  if (aside?.hash === hash) await Deno.remove(aside.path);
  else if (aside) {
    note(
      `${file} was there already and is no clip of this run: it is kept as ${basename(aside.path)}`,
    );
  }
  return {
    model: generator.name,
    task: task.task,
    seed,
    ...await originOf(generator, task, seed),
    path,
    sha256: hash,
    frames: video.frames.length,
    width: video.width,
    height: video.height,
    fps: video.fps,
    steps: generator.steps,
    guidance: generator.guidance,
    device: generator.device,
    seconds: seconds + (performance.now() - started) / 1000,
    key,
  };
}

/**
 * Renames what lies where a clip is to be: someone's file, or a clip of a process that was killed before
 * it wrote the row, which is made again with the same bytes.
 */
async function setAside(file: string): Promise<{ path: string; hash: string } | null> {
  if (!await exists(file)) return null;
  const hash = sha256(await Deno.readFile(file));
  const path = join(dirname(file), `found-${hash.slice(0, 8)}-${basename(file)}`);
  await Deno.rename(file, path);
  return { path, hash };
}

/** Whether a row's clip is on disk as it was made. */
async function isThere(row: Clip | undefined, file: string): Promise<boolean> {
  if (!row || !await exists(file)) return false;
  return sha256(await Deno.readFile(file)) === row.sha256;
}
