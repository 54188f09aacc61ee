/** The step that takes clips that are there already. */
import { InputError } from "../errors.ts";
import type { FoundClips } from "../models/video_model.ts";
import { clipsTable } from "../records/clip.ts";
import type { RunPaths } from "../paths.ts";
import { openCache } from "../store/cache.ts";
import { sha256 } from "../store/key.ts";
import type { StepProgress } from "./progress.ts";
import type { StepResult } from "./session.ts";

/**
 * Takes clips that are there already into the table `clips`, each read whole once.
 *
 * @returns What was kept; where some clips are not whole, with an error that lists them all.
 */
export async function takeClips(
  { name, found, rowOf }: FoundClips,
  { paths, signal }: { paths: RunPaths; signal?: AbortSignal },
  progress: StepProgress,
): Promise<StepResult> {
  const table = await openCache(clipsTable, paths.table("clips"));
  const known = new Map(table.rows().map((row) => [`${row.model}/${row.task}/${row.path}`, row]));
  const result = { made: 0, cached: 0 };
  const problems: string[] = [];
  try {
    for (const clip of found) {
      signal?.throwIfAborted();
      const { task, path } = clip;
      const row = known.get(`${name}/${task}/${path}`);
      if (row && row.sha256 === sha256(await Deno.readFile(path))) result.cached++;
      else {
        try {
          await table.append([await rowOf(clip)]);
          result.made++;
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
          problems.push(error.message);
        }
      }
      progress.tick(path);
    }
  } catch (error) {
    table.close();
    throw error;
  }
  if (table.rows().length === 0) table.close();
  else await table.compact();
  if (problems.length === 0) return result;
  const refused = new InputError(
    `${problems.length} of ${found.length} clips of ${name} cannot be judged ` +
      `(${result.made + result.cached} can, and are kept):\n  ${problems.join("\n  ")}`,
  );
  return { ...result, refused };
}
