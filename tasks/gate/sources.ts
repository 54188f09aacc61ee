/** The project's source files, as checked by the rules. */
import { readdir, readFile } from "node:fs/promises";
import { join, sep } from "node:path";
import { followImports, type SourceFile } from "../../lib/import_graph.ts";
import { tokensOf } from "../../lib/source_tokens.ts";

/** A file, its imports, and the process globals that it reads, such as `Deno.env`. */
export interface Source extends Omit<SourceFile, "sha256"> {
  reads: readonly string[];
}

const FOLDERS = ["lib", "tasks"];
const GLOBALS = ["Deno.args", "Deno.env", "process.argv", "process.env"];

/** Every TypeScript file of `lib` and `tasks` under a root. */
export async function readSources(root: string): Promise<Source[]> {
  const names: string[] = [];
  for (const folder of FOLDERS) {
    for (const name of await readdir(join(root, folder), { recursive: true })) {
      if (name.endsWith(".ts")) names.push(join(folder, name).split(sep).join("/"));
    }
  }
  const files = await followImports(names, { root, follow: () => false });
  return await Promise.all(files.map(async ({ file, references }) => ({
    file,
    references,
    reads: globalsOf(await readFile(join(root, file), "utf8")),
  })));
}

function globalsOf(text: string): string[] {
  if (!GLOBALS.some((name) => text.includes(name.split(".")[1]))) return [];
  const tokens = tokensOf(text);
  const read = tokens.map(({ text }, i) =>
    tokens[i - 1]?.text === "." ? "" : `${text}${tokens[i + 1]?.text}${tokens[i + 2]?.text}`
  );
  return GLOBALS.filter((name) => read.includes(name));
}
