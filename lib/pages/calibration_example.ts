/** A small calibration of a judge. */
import { openBenchmark } from "../benchmark/registry.ts";
import type { Judge } from "../judges/judge.ts";
import type { Calibration, ReliabilityMeasure } from "../records/calibration.ts";
import { DIMENSIONS } from "../records/criterion.ts";
import { silent } from "../runs/progress.ts";
import { withSession } from "../runs/session.ts";
import { calibrate } from "../studies/calibration/calibrate.ts";
import { exampleAsking, type ExampleModel } from "./asking_example.ts";
import { lazy } from "../lazy.ts";

const loadAsking = lazy<typeof import("../judges/openai/asking.ts")>(
  new URL("../judges/openai/asking.ts", import.meta.url),
);

/**
 * A server's model as a judge of a given name, for {@link calibrateIn}. Answers are cached in
 * `folder`.
 *
 * @throws {InputError} for a model without a price.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { namedJudge } from "./calibration_example.ts";
 *
 * const whom = { model: "gpt-4o", baseUrl: "http://127.0.0.1/v1" };
 * const judge = await namedJudge("the judge", whom, "answers");
 * assertEquals([judge.name, judge.model], ["the judge", "gpt-4o"]);
 * ```
 */
export async function namedJudge(
  name: string,
  model: ExampleModel,
  folder: string,
): Promise<Judge> {
  const { prepareAsking } = await loadAsking();
  const { judge } = await prepareAsking(exampleAsking(model, folder));
  return { ...judge, name };
}

/**
 * Tests a judge on clips of the embedded benchmark with known ground truth, in a separate folder;
 * see `calibrate`. Existing clips and verdicts are reused.
 *
 * @returns This judge's rows.
 * @throws {InputError} for a task that the benchmark lacks, or a folder that is in use.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { faultServer } from "../testing/openai/fault_server.ts";
 * import { calibrateIn, namedJudge, reliabilityRows } from "./calibration_example.ts";
 *
 * const folder = await Deno.makeTempDir();
 * await using server = faultServer({ answer: "yes" });
 * const whom = { model: "gpt-4o", baseUrl: server.baseUrl };
 * const judge = await namedJudge("yes", whom, `${folder}/answers`);
 * const rows = await calibrateIn(folder, judge, { tasks: [9], seeds: 1 });
 * const [{ sensitivity, specificity }] = reliabilityRows(rows);
 * assertEquals([sensitivity, specificity].map((text) => text.split(" ")[0]), ["1.00", "0.00"]);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function calibrateIn(
  folder: string,
  judge: Judge,
  { tasks, seeds }: { tasks: readonly number[]; seeds: number },
): Promise<Calibration[]> {
  const loaded = await openBenchmark("mini");
  const invocation = { command: "notebooks", passed: [], resolved: { tasks, seeds } };
  return await withSession(
    { folder, invocation, progress: silent, begins: true },
    (session) => calibrate({ judge, loaded, tasks, seeds, repeats: 1 }, session),
  );
}

/** A judge's agreement with the truth in one dimension, as text with 95% intervals. */
export interface ReliabilityRow {
  /** The judge's name. */
  judge: string;
  /** The dimension. */
  dimension: string;
  /** Verdicts on criteria of certain truth. */
  judged: number;
  /** Criteria of certain truth without a verdict; excluded from the shares below. */
  "no verdict": number;
  /** Share of truly met criteria judged met. */
  sensitivity: string;
  /** Share of truly unmet criteria judged unmet. */
  specificity: string;
  /** Agreement beyond chance. */
  "Cohen's κ": string;
}

/**
 * Rows of the table `calibration` as text: all dimensions together, then each.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { reliability } from "../studies/calibration/reliability.ts";
 * import { reliabilityRows } from "./calibration_example.ts";
 *
 * const clip = { world: "mitosis", violation: "", task: 5, seed: 0, repeat: 0 };
 * const [row] = reliabilityRows(reliability("probe", "probe-1", [
 *   { ...clip, dimension: "visual", id: "a", sign: 1, truth: true, met: true },
 * ]));
 * assertEquals([row.dimension, row.judged, row.specificity], ["all", 1, "–"]);
 * ```
 */
export function reliabilityRows(rows: readonly Calibration[]): ReliabilityRow[] {
  const overall = rows.filter(({ world, kind }) => world === "all" && kind === "all");
  return ["all", ...DIMENSIONS].flatMap((name) =>
    overall.filter(({ dimension }) => dimension === name).map((row) => ({
      judge: row.judge,
      dimension: row.dimension,
      judged: row.judged,
      "no verdict": row.nulls,
      sensitivity: withInterval(row, "sensitivity"),
      specificity: withInterval(row, "specificity"),
      "Cohen's κ": withInterval(row, "kappa"),
    }))
  );
}

function withInterval(row: Calibration, measure: ReliabilityMeasure): string {
  const [value, low, high] = [row[measure], row[`${measure}_low`], row[`${measure}_high`]]
    .map((number) => number === null ? "–" : number.toFixed(2).replace(/^-(0\.00)$/, "$1"));
  return low === "–" ? value : `${value} [${low}, ${high}]`;
}
