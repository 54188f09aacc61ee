/** Ways from file to file along imports. */
import type { Reference } from "../../lib/import_graph.ts";
import type { Source } from "./sources.ts";

/** What a file reaches, itself first, each with the shortest way to it, both ends included. */
export function waysFrom(
  start: string,
  sources: ReadonlyMap<string, Source>,
  follow: (reference: Reference) => boolean,
): Map<string, readonly string[]> {
  const ways = new Map<string, readonly string[]>([[start, [start]]]);
  // A Map is walked in the order of its keys, those added on the way included.
  for (const [file, way] of ways) {
    for (const reference of sources.get(file)?.references ?? []) {
      const { file: next } = reference;
      if (next !== null && follow(reference) && !ways.has(next)) ways.set(next, [...way, next]);
    }
  }
  return ways;
}

/**
 * Whether a reference is read before any of its file runs: Deno reads what a literal `import()` names
 * when the program starts, though it runs it later; an address (see `lib/lazy.ts`) it leaves alone.
 */
function isLoaded({ kind }: Reference): boolean {
  return kind === "static" || kind === "dynamic";
}

/** What a task reads before it runs. */
export interface Load {
  /** How many of our files, itself included. */
  files: number;
  /** Heavy packages by name, each with the shortest way to it. */
  heavy: Map<string, readonly string[]>;
}

/** What Deno reads when it runs a file. */
export function loadOf(
  file: string,
  sources: ReadonlyMap<string, Source>,
  heavy: readonly string[],
): Load {
  const ways = waysFrom(file, sources, isLoaded);
  const found: Load["heavy"] = new Map();
  for (const [reached, way] of ways) {
    for (const reference of sources.get(reached)?.references ?? []) {
      const name = reference.package?.name;
      if (name === undefined || !isLoaded(reference)) continue;
      if (heavy.includes(name) && !found.has(name)) found.set(name, [...way, name]);
    }
  }
  const sorted = [...found].sort(([a], [b]) => a < b ? -1 : 1);
  return { files: ways.size, heavy: new Map(sorted) };
}
