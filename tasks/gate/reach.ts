/** Import chains between files. */
import type { Reference } from "../../lib/import_graph.ts";
import type { Source } from "./sources.ts";

/**
 * Every file that a file reaches, starting with itself, with the shortest import chain, both ends
 * included.
 */
export function importChains(
  start: string,
  sources: ReadonlyMap<string, Source>,
  follow: (reference: Reference) => boolean,
): Map<string, readonly string[]> {
  const chains = new Map<string, readonly string[]>([[start, [start]]]);
  // Iterating over a Map includes keys added on the chain.
  for (const [file, chain] of chains) {
    for (const reference of sources.get(file)?.references ?? []) {
      const { file: next } = reference;
      if (next !== null && follow(reference) && !chains.has(next)) {
        chains.set(next, [...chain, next]);
      }
    }
  }
  return chains;
}

/**
 * Whether a reference is read before any code of its file runs: Deno reads the target of a literal
 * `import()` when the program starts, although it runs it later; a URL (see `lib/lazy.ts`) is not
 * read in advance.
 */
function isLoaded({ kind }: Reference): boolean {
  return kind === "static" || kind === "dynamic";
}

/** What a task reads before it runs. */
export interface Load {
  /** Number of our files, including itself. */
  files: number;
  /** Heavy packages by name, each with the shortest import chain. */
  heavy: Map<string, readonly string[]>;
}

/** What Deno reads when it runs a file. */
export function loadOf(
  file: string,
  sources: ReadonlyMap<string, Source>,
  heavy: readonly string[],
): Load {
  const chains = importChains(file, sources, isLoaded);
  const found: Load["heavy"] = new Map();
  for (const [reached, chain] of chains) {
    for (const reference of sources.get(reached)?.references ?? []) {
      const name = reference.package?.name;
      if (name === undefined || !isLoaded(reference)) continue;
      if (heavy.includes(name) && !found.has(name)) found.set(name, [...chain, name]);
    }
  }
  const sorted = [...found].sort(([a], [b]) => a < b ? -1 : 1);
  return { files: chains.size, heavy: new Map(sorted) };
}
