/** Where the clips of a run's models come from: in a run, a name has one source. */
import { basename, dirname, isAbsolute, resolve } from "node:path";
import type { z } from "zod";
import { InputError } from "../errors.ts";
import { checkModelName } from "../models/model_name.ts";
import { MODELS } from "../models/registry.ts";
import type { VideoModel } from "../models/video_model.ts";
import { nameKey } from "../names.ts";
import { metaOf } from "../options.ts";
import type { RunPaths } from "../paths.ts";
import { clipsTable } from "../records/clip.ts";
import { allEntries, type Chosen } from "../registry.ts";
import { exists } from "../store/file.ts";
import { openTable } from "../store/table.ts";
import { type InvocationRecord, readManifest } from "./manifest.ts";

/** A model's kind with its folder, then the options that name other files, such as `--lora /my.safetensors`. */
export type Source = string[];

/** The models that need no folder, by their names. */
const EMBEDDED: readonly string[] = allEntries(MODELS)
  .filter(({ name, syntax }) => syntax.some(({ form }) => form === name)).map(({ name }) => name);

/**
 * Refuses a model's name that cannot be one, or under which the run has clips from elsewhere; else keeps
 * in `run.json` where they come from. A folder that is gone may have been moved: its name is free.
 *
 * @param name The model's name in tables.
 * @throws {InputError} in one line that proposes a name.
 */
export async function claimName(
  name: string,
  chosen: Chosen<VideoModel>,
  { paths, record }: { paths: RunPaths; record: Pick<InvocationRecord, "sources"> },
): Promise<void> {
  const { spec } = chosen;
  checkModelName(name, spec, EMBEDDED);
  const own = await sourceOf(chosen);
  const taken = await sourcesOf(paths, record);
  for (const [other, source] of taken) {
    if (nameKey(other) !== nameKey(name)) continue;
    if (other !== name) {
      throw new InputError(
        `Cannot call a model ${name} in a run that has a model ${other}: they differ in case or in ` +
          `encoding alone; use ${proposal([...taken.keys()], name, chosen)}`,
      );
    }
    if (sameSource(own, source) || await isGone(source)) continue;
    throw new InputError(
      `Cannot add clips of ${textOf(own)} as ${name}: the run has clips of that name from ` +
        `${source ? textOf(source) : "a model that makes them"}; use ` +
        proposal([...taken.keys()], name, chosen),
    );
  }
  record.sources = { ...record.sources, [name]: own };
}

/**
 * The same for verdicts that a judge brings from a folder: those of a model have one folder.
 *
 * @throws {InputError} in one line that proposes a name for the judge.
 */
export async function claimVerdicts(
  { judge, folder, models }: { judge: string; folder: string; models: readonly string[] },
  { paths, record }: { paths: RunPaths; record: Pick<InvocationRecord, "sources"> },
): Promise<void> {
  const own = [`imported:${await realPath(folder)}`];
  const { invocations = [] } = await readManifest(paths.manifest) ?? {};
  // No name of a model holds a slash.
  const keys = models.map((model) => `${judge}/${model}`);
  for (const { sources = {} } of invocations) {
    for (const [i, key] of keys.entries()) {
      const source = sources[key];
      if (!source || sameSource(own, source) || await isGone(source)) continue;
      const above = basename(resolve(folder));
      const label = /^[\p{L}\p{N}][\p{L}\p{N}._ -]*$/u.test(above) ? above : `${judge}-2`;
      throw new InputError(
        `Cannot add results of ${models[i]} from ${own[0]} as ${judge}: the run has them from ` +
          `${source[0]}; use --judge ${label}=imported:${folder}`,
      );
    }
  }
  record.sources = { ...record.sources, ...Object.fromEntries(keys.map((key) => [key, own])) };
}

/**
 * The models of which a run has verdicts from a folder that no longer brings any: their file was taken
 * away, or cannot be read now.
 */
export async function withdrawnModels(
  { judge, folder, models }: { judge: string; folder: string; models: readonly string[] },
  paths: RunPaths,
): Promise<string[]> {
  const own = [`imported:${await realPath(folder)}`];
  const { invocations = [] } = await readManifest(paths.manifest) ?? {};
  const sources = Object.assign({}, ...invocations.map(({ sources }) => sources)) as Record<
    string,
    Source
  >;
  return Object.keys(sources)
    .filter((key) => key.startsWith(`${judge}/`) && sameSource(own, sources[key]))
    .map((key) => key.slice(judge.length + 1))
    .filter((model) => !models.includes(model));
}

/** Sources by model; null where it is known only that a model made the clips. */
async function sourcesOf(
  paths: RunPaths,
  record: Pick<InvocationRecord, "sources">,
): Promise<Map<string, Source | null>> {
  const sources = new Map<string, Source | null>();
  for (const { model, path } of (await openTable(clipsTable, paths.table("clips")))?.rows ?? []) {
    if (sources.has(model)) continue;
    sources.set(model, isAbsolute(path) ? [`folder:${await realPath(dirname(path))}`] : null);
  }
  const { invocations = [] } = await readManifest(paths.manifest) ?? {};
  for (const invocation of invocations) {
    // A name whose clips have left the run is free.
    for (const [name, source] of Object.entries(invocation.sources ?? {})) {
      if (sources.has(name)) sources.set(name, source);
    }
  }
  for (const [name, source] of Object.entries(record.sources ?? {})) {
    if (!name.includes("/")) sources.set(name, source);
  }
  return sources;
}

/** What a model's clips are made from, beside numbers; of a simulated clip its row says what was planted. */
async function sourceOf(
  { spec: { kind, argument }, entry, options }: Chosen<VideoModel>,
): Promise<Source> {
  const isPath = entry.syntax.some(({ form }) => form.includes(":DIR"));
  const files = Object.entries(entry.options.shape).filter(([name, schema]) =>
    options[name] !== undefined &&
    ["DIR", "FILE", "PATH"].includes(metaOf(schema as z.ZodType).value ?? "")
  );
  return [
    isPath ? `${kind}:${await realPath(argument!)}` : kind,
    ...await Promise.all(
      files.map(async ([name]) => `--${name} ${await realPath(String(options[name]))}`),
    ),
  ];
}

function sameSource(own: Source, other: Source | null): boolean {
  // Of a run of an earlier version it is not known which model it was.
  if (other === null) return !own[0].startsWith("folder:");
  return JSON.stringify(own) === JSON.stringify(other);
}

async function isGone(source: Source | null): Promise<boolean> {
  const path = source?.[0].slice(source[0].indexOf(":") + 1);
  return path !== undefined && isAbsolute(path) && !await exists(path);
}

async function realPath(path: string): Promise<string> {
  try {
    return await Deno.realPath(path);
  } catch {
    return resolve(path);
  }
}

function textOf([head, ...options]: Source): string {
  return [head, ...options].join(" ");
}

/** How to name the model instead: after the folder above, else with a number. */
function proposal(
  taken: readonly string[],
  name: string,
  { spec: { kind, label, argument } }: Chosen<VideoModel>,
): string {
  const keys = new Set([...taken, ...EMBEDDED].map(nameKey));
  const above = argument === undefined ? "" : basename(dirname(resolve(argument)));
  const numbered = (n: number): string =>
    keys.has(nameKey(`${name}-${n}`)) ? numbered(n + 1) : `${name}-${n}`;
  const isPlain = label === undefined && /^[\p{L}\p{N}][\p{L}\p{N}._ -]*$/u.test(above) &&
    !keys.has(nameKey(above));
  const proposed = isPlain ? above : numbered(2);
  return `--model ${proposed}=${argument === undefined ? kind : `${kind}:${argument}`}`;
}
