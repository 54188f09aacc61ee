/** Tables of a run that are not as they were written: mended where nothing is lost, named where it is. */
import { basename, join } from "node:path";
import type { RunPaths } from "../paths.ts";
import { ablationsTable } from "../records/ablation.ts";
import { agreementTable } from "../records/agreement.ts";
import { calibrationTable } from "../records/calibration.ts";
import { claimsTable } from "../records/claim.ts";
import { clipsTable } from "../records/clip.ts";
import { criteriaTable } from "../records/criterion.ts";
import { findingsTable } from "../records/finding.ts";
import { scoresTable } from "../records/score.ts";
import { statsTable } from "../records/statistic.ts";
import { summaryTable } from "../records/summary.ts";
import { tasksTable } from "../records/task.ts";
import { verdictsTable } from "../records/verdict.ts";
import { tellDamage } from "../store/damage.ts";
import { exists } from "../store/file.ts";
import { sha256 } from "../store/key.ts";
import { messagesIn } from "../store/messages.ts";
import { ROWS } from "../store/row_checks.ts";
import type { TableSchema } from "../store/schema.ts";
import { sealOf } from "../store/seal.ts";
import { openTable, writeTable } from "../store/table.ts";

const TABLES = [
  ...[tasksTable, criteriaTable, statsTable, findingsTable, clipsTable, verdictsTable],
  ...[scoresTable, summaryTable, claimsTable, agreementTable, calibrationTable],
  ablationsTable,
] as unknown as readonly TableSchema<object>[];

/**
 * Mends a run's tables, for who holds its folder alone:
 * - a table of an earlier version is written again, with checksums;
 * - a damaged one whose rows are all as they were is written again, and named;
 * - one without checksums where all have them was written by another program, or edited with one: it is
 *   set aside under another name, and named. Its rows are made again by the command that made them.
 *
 * Tables that have lost rows stay until that command mends them; nothing reads them meanwhile. Journals
 * without checksums are set aside likewise, those of shards too.
 *
 * @param owned Names in the run's folder that are the run's.
 * @param options.checked Whether all of the run's tables are known to have checksums.
 */
export async function renewTables(
  paths: RunPaths,
  owned: readonly string[],
  { checked }: { checked: boolean },
): Promise<void> {
  for (const name of await tablesOf(paths, owned)) {
    const path = join(paths.folder, name);
    const bytes = await Deno.readFile(path).catch(() => null);
    if (bytes === null || bytes.length === 0) continue;
    if (name.endsWith(".arrows")) {
      if (checked && isByOthers(bytes)) await setAside(path, bytes);
      continue;
    }
    const state = sealOf(bytes);
    if (state === "whole") continue;
    if (state === "absent" && checked) {
      await setAside(path, bytes);
      continue;
    }
    const schema = schemaOf(name);
    if (!schema) continue;
    // What other columns mean, the command that reads them says.
    const found = await openTable(schema, path).catch(() => null);
    if (found?.lost && REMADE.includes(schema.name) && isRewritten(bytes)) {
      await setAside(path, bytes);
      continue;
    }
    if (found === null || found.lost) continue;
    await writeTable(schema, path, found.rows);
    if (state === "damaged") tellDamage(`${path} was damaged; it is mended, no row is lost`);
  }
}

/** The tables and journals that are the run's, as paths in its folder. */
async function tablesOf({ folder }: RunPaths, owned: readonly string[]): Promise<string[]> {
  const shards = owned.includes("shards") && await exists(join(folder, "shards"))
    ? (await Array.fromAsync(Deno.readDir(join(folder, "shards")))).filter(({ isFile }) => isFile)
    : [];
  return [...owned, ...shards.map(({ name }) => `shards/${name}`)]
    .filter((name) => /\.arrows?$/.test(name) && !ASIDE.test(name));
}

/** The schema of a table's file; of repeated verdicts that of verdicts. */
function schemaOf(file: string): TableSchema<object> | undefined {
  const name = basename(file).replace(/(-repeat-\d+)?\.arrow$/, "");
  return file.startsWith("shards/")
    ? clipsTable as unknown as TableSchema<object>
    : TABLES.find((schema) => schema.name === name);
}

/** Whether a journal has rows and no checksums. */
function isByOthers(bytes: Uint8Array): boolean {
  const { sealed, batches } = messagesIn(bytes, 0);
  return !sealed && batches.length > 0;
}

/** Tables that any command which needs them makes again from others. */
const REMADE: readonly string[] = [scoresTable.name, summaryTable.name, claimsTable.name];

/** Whether another program wrote the rows: it keeps our marks of a table, but knows none of rows. */
function isRewritten(bytes: Uint8Array): boolean {
  return !new TextDecoder("latin1").decode(bytes).includes(ROWS);
}

const ASIDE = /\.edited-[0-9a-f]{8}\./;

async function setAside(path: string, bytes: Uint8Array): Promise<void> {
  const mark = `.edited-${sha256(bytes).slice(0, 8)}`;
  const aside = path.replace(/(\.journal)?\.arrows?$/, (end) => mark + end);
  await Deno.rename(path, aside);
  tellDamage(
    `${path} was edited with another program: it is set aside as ${basename(aside)}, and its ` +
      "rows are made again by the command that made them",
  );
}
