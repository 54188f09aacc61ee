/** What `deno task bench flips` and its workers share: the files of a run, and what became of one. */
import { join, relative } from "node:path";

/** A file to damage. */
export interface FlipsJob {
  /** Where the whole run lies, with rows in journals alone; each worker has a copy. */
  whole: string;
  baseUrl: string;
  /** Path of the file in it. */
  name: string;
  flips: number;
  seed: number;
  /** Hashes of the run's files once the journals are folded, by path. */
  folded: ReadonlyMap<string, string>;
}

/** What became of the flips of one file. */
export interface Outcome {
  /** Scores, summary and claims as without the flip. */
  right: number;
  /** An error that names the file. */
  named: number;
  /** Scores without a clip that changed, and a line that names it. */
  told: number;
  /** Other scores, and nothing that names the file. */
  wrong: number;
  /** Any other error. */
  unnamed: number;
  /** What is not as before once all steps ran again. */
  unhealed: number;
  /** The first of what is wrong. */
  first: string;
}

/** The bytes of all files of a run and its kept answers, by their paths. */
export async function read(root: string, within = ""): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  for (const { name, isDirectory } of Deno.readDirSync(join(root, within))) {
    if (name.startsWith("worker-")) continue;
    const path = join(root, within, name);
    if (!isDirectory) files.set(relative(root, path), Deno.readFileSync(path));
    else for (const [inner, bytes] of await read(root, join(within, name))) files.set(inner, bytes);
  }
  return files;
}
