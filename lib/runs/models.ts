/** Models by the names that flags give them. */
import { basename, resolve } from "node:path";
import type { Benchmark } from "../benchmark/benchmark.ts";
import type { Task } from "../records/task.ts";
import { InputError } from "../errors.ts";
import { scanFolder } from "../models/folder.ts";
import type { Generator } from "../models/generator.ts";
import { type NanoOptions, openNano } from "../models/nano/nano.ts";
import { simulator } from "../models/simulator.ts";
import { openWan, type WanOpened, type WanOptions } from "../models/wan/wan.ts";
import type { Choice } from "../onnx/provider.ts";
import { WORLDS } from "../worlds/all.ts";
import { PROJECT } from "../paths.ts";
import { generateClips, takeClips } from "./generate.ts";
import type { LoadedBenchmark } from "../benchmark/loaded.ts";
import type { Session } from "./session.ts";
import { isOfShard, type Shard } from "./shards.ts";

/** The models that can be named, and what they are. */
export const MODEL_SPECS: Readonly<Record<string, string>> = {
  "nano": "MicroVerse-Nano: a small model trained on micro-worlds",
  "s-base": "what it was before: the same model, trained on everyday motion alone",
  "l-base": "four times the parameters, trained on everyday motion alone",
  "NAME@DIR": "a model of a folder that deno task train exported: nano, s-base, l-base",
  "wan:DIR": "Wan2.1 or MicroVerse from published safetensors, see deno task models",
  "NAME=wan:DIR": "the same under a name of your choice",
  "simulator": "the true micro-worlds: the upper bound (mini only)",
  "violator": "micro-worlds with a planted violation, another by seed (mini only)",
  "violator:NAME": "the same with one violation, in the worlds that have it",
  "folder:DIR": "your own clips, <task number>.<mp4|mov|webm|mkv|avi|gif>",
  "NAME=folder:DIR": "the same under a name of your choice",
};

/** Models whose weights the project holds. */
const TRAINED = ["nano", "s-base", "l-base"];

/** The models of the embedded benchmark: those of the paper's argument, the truth, and its opposite. */
export const EMBEDDED_MODELS: readonly string[] = [
  ...["s-base", "l-base", "nano"],
  ...["simulator", "violator"],
];

/** Which clips to make. */
export interface Selection {
  seeds: readonly number[];
  /** Task numbers; all where absent. */
  tasks?: readonly number[];
  /** For models that sample. */
  sampling?: Pick<NanoOptions, "provider" | "sampling" | "batch">;
  /** For Wan. */
  wan?: Pick<
    WanOptions,
    "lora" | "fineTune" | "negative" | "size" | "provider" | "compute" | "sampling"
  >;
  /** Only this share of the clips. */
  shard?: Shard;
}

/**
 * Generates with a model named by a spec (see {@link MODEL_SPECS}), as a step of a session.
 *
 * @throws {InputError} for a spec that is none, or a model that the benchmark has no scenes for.
 */
export async function generateWith(
  spec: string,
  loaded: LoadedBenchmark,
  { seeds, tasks: wanted, sampling, wan, shard }: Selection,
  session: Session,
): Promise<void> {
  const { benchmark } = loaded;
  const { paths, signal } = session;
  const chosen = selectTasks(benchmark, wanted);
  const folder = /^(?:([^=]+)=)?folder:(.+)$/.exec(spec);
  if (folder) {
    const path = resolve(folder[2]);
    const name = folder[1] ?? basename(path);
    const scan = await scanFolder(path, benchmark.tasks.map(({ task }) => task));
    const numbers = new Set(chosen.map(({ task }) => task));
    const found = scan.clips.filter(({ task }) => numbers.has(task));
    if (scan.missing.length > 0) {
      session.progress.note(
        `${name} has no clip for ${scan.missing.length} of ${benchmark.tasks.length} tasks`,
      );
    }
    await session.step(
      "generate",
      found.length,
      (progress) => takeClips({ name, found, paths, signal }, progress),
    );
    return;
  }
  const generate = async (generator: Generator, tasks: readonly Task[] = chosen) =>
    await session.step(
      "generate",
      ownShare(tasks.length * seeds.length, shard),
      (progress) => generateClips({ generator, tasks, seeds, paths, shard, signal }, progress),
    );
  const published = /^(?:([^=]+)=)?wan:(.+)$/.exec(spec);
  if (published) {
    using generator = await openWan({
      ...{ folder: resolve(published[2]), name: published[1] },
      ...wan,
      onOpen: (opened) => session.progress.note(wanPlaceOf(spec, opened)),
    });
    await generate(generator);
    return;
  }
  const [, model, path] = /^([^@:=]+)@(.+)$/.exec(spec) ?? [];
  if (path !== undefined || TRAINED.includes(spec)) {
    using generator = await openNano({
      folder: path === undefined ? PROJECT.models : resolve(path),
      model: model ?? spec,
      ...sampling,
      onOpen: (choice) => session.progress.note(placeOf(model ?? spec, choice)),
    });
    await generate(generator);
    return;
  }
  const generator = simulated(spec, loaded);
  const violation = /^violator:(.+)$/.exec(spec)?.[1];
  const worlds = violation === undefined ? null : worldsWith(violation);
  const tasks = chosen.filter(({ task }) => worlds?.has(loaded.scenes!.get(task)!.world) ?? true);
  await generate(generator, tasks);
}

/** How many of all clips are a shard's. */
function ownShare(all: number, shard: Shard = { index: 1, of: 1 }): number {
  return Array.from({ length: all }, (_, place) => place)
    .filter((place) => isOfShard(place, shard)).length;
}

/** Where a model computes, and why not elsewhere. */
function placeOf(name: string, { provider, considered }: Choice): string {
  const others = considered.filter((other) => other.provider !== provider)
    .map(({ provider, why }) => `; not on ${provider}: ${why}`);
  return `${name} computes on ${provider}${others.join("")}`;
}

function wanPlaceOf(name: string, { choice, attention, clipSeconds, weights }: WanOpened): string {
  const hours = clipSeconds / 3600;
  const time = hours >= 1
    ? `${hours.toFixed(1)} hours`
    : `${(clipSeconds / 60).toFixed(1)} minutes`;
  return `${placeOf(name, choice)}\n` +
    `${name}: ${attention} attention, ${(weights / 1e9).toFixed(1)} GB of weights in the ` +
    `transformer; about ${time} a clip, by its speed on a test input`;
}

/** Whether a spec names the simulator, with or without violations. */
export function isSimulated(spec: string): boolean {
  return /^(simulator|violator)(:|$)/.test(spec);
}

function simulated(spec: string, { benchmark, scenes }: LoadedBenchmark): Generator {
  const [kind, violation] = spec.split(":", 2);
  if (kind !== "simulator" && kind !== "violator") {
    const known = Object.entries(MODEL_SPECS).map(([name, what]) => `  ${name}: ${what}`);
    throw new InputError(`Unknown model ${spec}; expected one of\n${known.join("\n")}`);
  }
  if (!scenes) {
    throw new InputError(
      `The model ${spec} simulates the worlds of mini; ${benchmark.name} has none`,
    );
  }
  return simulator({
    scenes,
    violation: kind === "simulator" ? undefined : violation ?? "each",
  });
}

/** Names of the worlds that have a violation of this name. */
function worldsWith(violation: string): Set<string> {
  const worlds = WORLDS.filter(({ violations }) =>
    violations.some(({ name }) => name === violation)
  );
  if (worlds.length === 0) {
    const known = WORLDS.flatMap(({ violations }) => violations.map(({ name }) => name));
    throw new InputError(`Unknown violation ${violation}; expected one of ${known.join(", ")}`);
  }
  return new Set(worlds.map(({ name }) => name));
}

function selectTasks({ name, tasks }: Benchmark, wanted?: readonly number[]): Task[] {
  if (wanted === undefined) return tasks;
  const unknown = wanted.filter((number) => !tasks.some(({ task }) => task === number));
  if (unknown.length > 0) {
    throw new InputError(
      `${name} has no task ${unknown.join(", ")}; expected 1 to ${tasks.length}`,
    );
  }
  return tasks.filter(({ task }) => wanted.includes(task));
}
