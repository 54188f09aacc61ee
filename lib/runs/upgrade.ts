/** Runs of the form before `run.json` knew its benchmark: their clips and verdicts are taken over. */
import { isAbsolute } from "node:path";
import type { RunPaths } from "../paths.ts";
import type { Benchmark } from "../benchmark/benchmark.ts";
import { type Clip, clipsTable } from "../records/clip.ts";
import { criteriaTable, type Criterion, criterionHash } from "../records/criterion.ts";
import { type Task, tasksTable } from "../records/task.ts";
import { type Verdict, verdictsTable } from "../records/verdict.ts";
import { journalPath, readLooseJournal } from "../store/journal.ts";
import { sortRows } from "../store/cache.ts";
import { exists } from "../store/file.ts";
import type { TableSchema } from "../store/schema.ts";
import { type LooseRow, readLoose, writeTable } from "../store/table.ts";
import { world } from "../worlds/all.ts";
import { CONTROLS } from "../worlds/rubric.ts";
import type { FormerRun } from "./former.ts";
import {
  type InvocationRecord,
  type Manifest,
  MANIFEST_FORM,
  sumUp,
  writeManifest,
} from "./manifest.ts";
import { lostId, replaceRows } from "./rejoin.ts";

/**
 * Upgrades a run of the former form in place. Clips keep their files: rows gain
 * world and violation, and the next `generate` takes them over without making them again. Verdicts
 * gain the ids of the criteria whose text they are about; where the text is gone they become stale,
 * until a criterion asks it again (`rejoin.ts`).
 * Scores, figures and the report are made anew by the next commands. `run.json` is written last: a kill
 * before leaves a run that is upgraded again.
 *
 * @param options.benchmark Its benchmark as it is now, whose tables replace those of other columns.
 */
export async function upgradeRun(
  paths: RunPaths,
  { manifest, spec }: FormerRun,
  { benchmark, note }: {
    benchmark: Pick<Benchmark, "tasks" | "criteria">;
    note: (line: string) => void;
  },
): Promise<void> {
  const asked = benchmark.criteria;
  const tasks = await readLoose(paths.table("tasks")) ?? [];
  const criteria = placesOf(await readLoose(paths.table("criteria")) ?? []);
  const clips = await readRows(paths, "clips");
  const upgraded = clips.map((row) => upgradeClip(row, tasks));
  if (clips.length > 0) await replaceRows(paths, clipsTable, upgraded);
  const verdicts = await readRows(paths, "verdicts");
  if (verdicts.length > 0) {
    await replaceRows(
      paths,
      verdictsTable,
      verdicts.map((row) => upgradeVerdict(row, criteria, asked, upgraded)),
    );
  }
  await writeManifest(paths.manifest, upgradeManifest(manifest, spec));
  // Only now: until the verdicts are known to have ids, the former texts are needed.
  for (const [schema, rows] of [[tasksTable, benchmark.tasks], [criteriaTable, asked]] as const) {
    const path = paths.table(schema.name);
    if (!await exists(path)) continue;
    const current = schema as TableSchema<Task | Criterion>;
    await writeTable(current, path, sortRows(current, rows));
  }
  note(
    `Upgraded the run ${paths.folder}: took over ${clips.length} ${
      clips.length === 1 ? "clip" : "clips"
    } and ` +
      `${verdicts.length} ${verdicts.length === 1 ? "verdict" : "verdicts"}`,
  );
}

/** Rows of a table with those of its journal, a later one replacing an earlier one at its place. */
async function readRows(paths: RunPaths, name: string): Promise<LooseRow[]> {
  const path = paths.table(name);
  const rows = [...await readLoose(path) ?? [], ...await readLooseJournal(journalPath(path))];
  const place = ({ judge, judge_model, model, task, seed, dimension, criterion, id }: LooseRow) =>
    JSON.stringify([judge, judge_model, model, task, seed, dimension, criterion, id]);
  return [...new Map(rows.map((row) => [place(row), row])).values()];
}

/** The former clips' models were named after what was simulated; nothing reads these names any more. */
function upgradeClip(row: LooseRow, tasks: readonly LooseRow[]): Clip {
  if (typeof row.world === "string") return row as unknown as Clip;
  const source = String(tasks.find(({ task }) => task === row.task)?.source ?? "");
  const name = /^world:(.+)$/.exec(source)?.[1];
  const [, kind, planted] = /^(simulator|violator|control)(?::(.+))?$/.exec(String(row.model)) ??
    [];
  if (name === undefined || kind === undefined) {
    return { ...row, world: "", violation: "" } as unknown as Clip;
  }
  const { violations } = world(name);
  const inTurn = () => violations[Number(row.seed) % violations.length].name;
  const known = [...violations.map((own) => own.name), ...CONTROLS as readonly string[]];
  const violation = kind === "simulator" ? "" : planted ?? inTurn();
  return (violation === "" || known.includes(violation)
    ? { ...row, world: name, violation }
    : { ...row, world: "", violation: "" }) as unknown as Clip;
}

/** Texts of criteria by task, dimension and place in the block. */
type Places = ReadonlyMap<string, string>;

function placesOf(criteria: readonly LooseRow[]): Places {
  const places = new Map<string, string>();
  const blocks = Map.groupBy(criteria, ({ task, dimension }) => `${task}/${dimension}`);
  for (const [block, own] of blocks) {
    own.toSorted((a, b) => Number(a.criterion) - Number(b.criterion))
      .forEach(({ description }, i) => places.set(`${block}/${i + 1}`, String(description)));
  }
  return places;
}

function upgradeVerdict(
  { criterion, ...row }: LooseRow,
  places: Places,
  asked: readonly Criterion[],
  clips: readonly Clip[],
): Verdict {
  const { added } = verdictsTable;
  if (typeof row.id === "string") return { ...added, ...row } as unknown as Verdict;
  const { task, dimension, model, seed } = row;
  const text = places.get(`${task}/${dimension}/${criterion}`) ?? "";
  const now = asked.find((one) =>
    one.task === task && one.dimension === dimension && one.description === text
  );
  const clip = clips.find((one) => one.model === model && one.task === task && one.seed === seed);
  const judged = { dimension, place: criterion, criterion_hash: criterionHash(text) } as Parameters<
    typeof lostId
  >[0];
  return {
    ...added,
    ...row,
    ...judged,
    judge_model: row.judge === "probe" ? "probe" : row.judge_model,
    asked_hash: "",
    id: now?.id ?? lostId(judged),
    clip_sha256: clip?.sha256 ?? "",
  } as unknown as Verdict;
}

function upgradeManifest(
  { finished, usage, steps, flags, ...former }: FormerRun["manifest"],
  spec: string,
): Manifest {
  const record: InvocationRecord = {
    id: crypto.randomUUID(),
    command: former.command,
    flags_passed: former.flags_passed,
    flags,
    versions: former.versions,
    commit: former.commit,
    dirty: former.dirty,
    benchmark_hash: null,
    started: former.started,
    ended: finished,
    status: former.status === "running" ? "killed" : former.status,
    error: null,
    steps: steps.map(({ name, made, there, seconds }) => ({ name, made, cached: there, seconds })),
    rows_made: 0,
    usage,
    prompt_tokens: 0,
    completion_tokens: 0,
    cost_usd: 0,
  };
  sumUp(record);
  // The hash is not known; the session that upgrades writes the present one.
  const name = isAbsolute(spec) ? spec : spec.split(":", 1)[0];
  return {
    form: MANIFEST_FORM,
    benchmark: { spec, name, hash: "" },
    invocations: [record],
  };
}
