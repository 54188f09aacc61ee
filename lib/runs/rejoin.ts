/** Verdicts of upgraded runs whose criterion was not to be found when the run was upgraded. */
import { type Criterion, criterionHash } from "../records/criterion.ts";
import { type Verdict, verdictsTable } from "../records/verdict.ts";
import type { RunPaths } from "../paths.ts";
import { openCache, sortRows } from "../store/cache.ts";
import { exists } from "../store/file.ts";
import { journalPath } from "../store/journal.ts";
import type { TableSchema } from "../store/schema.ts";
import { writeTable } from "../store/table.ts";

/**
 * The id of a verdict on a text that no criterion has: it says what was judged, and is no criterion's.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { lostId } from "./rejoin.ts";
 *
 * const lost = { dimension: "visual", place: 2, criterion_hash: "0123456789abcdef" } as const;
 * assertEquals(lostId(lost), "visual-2-0123456789abcdef");
 * ```
 */
export function lostId(
  { dimension, place, criterion_hash }: Pick<Verdict, "dimension" | "place" | "criterion_hash">,
): string {
  return `${dimension}-${place}-${criterion_hash}`;
}

/**
 * Gives verdicts with a {@link lostId} the id of the criterion that asks their text again. A verdict
 * that was given on that criterion since is kept instead. Returns how many were joined.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { runPaths } from "../paths.ts";
 * import { rejoinVerdicts } from "./rejoin.ts";
 *
 * const folder = await Deno.makeTempDir();
 * assertEquals(await rejoinVerdicts(runPaths(folder), []), 0);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function rejoinVerdicts(
  paths: RunPaths,
  criteria: readonly Criterion[],
): Promise<number> {
  const path = paths.table("verdicts");
  if (!await exists(path) && !await exists(journalPath(path))) return 0;
  const table = await openCache(verdictsTable, path);
  const rows = table.rows();
  table.close();
  const textOf = (task: number, dimension: string, hash: string) => `${task}/${dimension}/${hash}`;
  const ids = new Map(criteria.map(({ task, dimension, description, id }) => [
    textOf(task, dimension, criterionHash(description)),
    id,
  ]));
  const placeOf = ({ judge, judge_model, model, task, seed }: Verdict, id: string) =>
    JSON.stringify([judge, judge_model, model, task, seed, id]);
  const taken = new Set(rows.map((row) => placeOf(row, row.id)));
  let joined = 0;
  const all = rows.map((row) => {
    if (row.id !== lostId(row)) return row;
    const id = ids.get(textOf(row.task, row.dimension, row.criterion_hash));
    if (id === undefined || taken.has(placeOf(row, id))) return row;
    joined++;
    return { ...row, id };
  });
  if (joined > 0) await replaceRows(paths, verdictsTable, all);
  return joined;
}

/** Writes a table's rows in the place of those that it and its journal have. */
export async function replaceRows<Row extends { key: string }>(
  paths: RunPaths,
  schema: TableSchema<Row>,
  rows: readonly Row[],
): Promise<void> {
  const path = paths.table(schema.name);
  await writeTable(schema, path, sortRows(schema, rows));
  if (await exists(journalPath(path))) await Deno.remove(journalPath(path));
}
