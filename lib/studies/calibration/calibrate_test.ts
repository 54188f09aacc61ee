import type { Judge } from "../../judges/judge.ts";
import { probeJudge } from "../../judges/probe/judge.ts";
import { verdictsTable } from "../../records/verdict.ts";
import { runFolder, runPaths } from "../../paths.ts";
import { random } from "../../random.ts";
import { type Calibration, calibrationTable } from "../../records/calibration.ts";
import { exists } from "../../store/file.ts";
import { readTable } from "../../store/table.ts";
import type { SampledVideo } from "../../video/sample.ts";
import type { Video } from "../../video/types.ts";
import { assertEquals, assertInputError, assertOk } from "../../testing/assert.ts";
import { openBenchmark } from "../../benchmark/registry.ts";
import { calibrate } from "./calibrate.ts";
import { silent } from "../../runs/progress.ts";
import { withSession } from "../../runs/session.ts";

const loaded = await openBenchmark("mini");
const tasks = [1, 5, 9];
/** For each task a true clip, three violations, a frozen, a shuffled and two blank ones. */
const CLIPS = tasks.length * 8;
/** Every test judges the same clips, made by the first. */
const folder = runFolder(await Deno.makeTempDir());
const paths = runPaths(folder);

/** A judge that answers as `says` tells it. */
function double(
  name: string,
  says: (place: string, options: { signal?: AbortSignal; repeat?: number }) => boolean | null,
): Judge & { calls: number } {
  return {
    name,
    model: "double",
    fingerprint: () => name,
    frames: 2,
    per: "dimension",
    concurrency: 4,
    retriesNulls: false,
    calls: 0,
    judge(task, criteria, video: Video | SampledVideo, options) {
      this.calls++;
      const shown = "positions" in video ? video.positions.join() : "";
      const rulings = criteria.map(({ id }) => {
        const place = [task.task, id, video.frames[0].join(), shown].join("/");
        return { id, met: says(place, options), reason: "", evidence: "" };
      });
      return Promise.resolve({ rulings });
    },
  };
}

function run(judge: Judge, repeats = 1, signal?: AbortSignal): Promise<Calibration[]> {
  const invocation = { command: "calibrate", passed: [], resolved: {} };
  return withSession(
    { folder, invocation, progress: silent, signal, begins: true },
    (session) =>
      calibrate({ judge, again: askedAgain(judge), loaded, seeds: 1, repeats, tasks }, session),
  );
}

/** The judge told which asking it is, as one that keeps answers has to be. */
function askedAgain(judge: Judge): (repeat: number) => Judge {
  return (repeat) => ({
    ...judge,
    judge: (task, criteria, video, options) =>
      judge.judge(task, criteria, video, { ...options, repeat } as typeof options),
  });
}

const overall = (rows: readonly Calibration[]) =>
  rows.find((row) => row.world === "all" && row.dimension === "all" && row.kind === "all")!;

Deno.test("the probe: near 1 on clips that it never saw, and no credit to blank ones", async () => {
  const rows = await run(probeJudge());
  const all = overall(rows);
  assertOk(all.sensitivity! > 0.97, `sensitivity ${all.sensitivity}`);
  assertOk(all.specificity! > 0.9, `specificity ${all.specificity}`);
  assertOk(all.kappa_low! > 0.8 && all.blank_credit === 0);
  assertEquals(all.clips, CLIPS);
  const violations = rows.find((row) =>
    row.world === "all" && row.dimension === "scientific" && row.kind === "violations"
  )!;
  assertOk(violations.errors_found! > 0.95, `errors found ${violations.errors_found}`);
});

Deno.test("a judge that always says yes: specificity 0; another's rows stay", async () => {
  const rows = await run(double("yes", () => true));
  const all = overall(rows);
  assertEquals([all.sensitivity, all.specificity, all.kappa, all.blank_credit], [1, 0, 0, 1]);
  const kept = await readTable(calibrationTable, paths.table("calibration"));
  assertEquals(kept.filter(({ judge }) => judge === "yes"), rows);
  assertOk(kept.some(({ judge }) => judge === "probe"));
  for (
    const file of ["calibration-yes-double.svg", `calibration-probe-${probeJudge().model}.png`]
  ) {
    assertOk(await exists(`${paths.figures}/${file}`), file);
  }
});

Deno.test("a judge that guesses: the interval of κ covers 0, and it repeats itself by chance", async () => {
  const askings = new Set<number | undefined>();
  const judge = double("guess", (place, { repeat }) => {
    askings.add(repeat);
    return random("guess", place, repeat ?? 0)() < 0.5;
  });
  const all = overall(await run(judge, 2));
  assertOk(all.kappa_low! <= 0 && all.kappa_high! >= 0, `κ ${all.kappa_low} to ${all.kappa_high}`);
  assertOk(Math.abs(all.repeatability! - 0.5) < 0.1, `repeatability ${all.repeatability}`);
  assertEquals([...askings], [undefined, 1]);
  assertEquals(judge.calls, 2 * 3 * CLIPS);
  const [first, second] = await Promise.all(
    ["verdicts", "verdicts-repeat-1"].map(async (name) =>
      (await readTable(verdictsTable, paths.table(name))).filter((row) => row.judge === "guess")
    ),
  );
  assertEquals(first.length, second.length);
  assertOk(first.some((row, i) => row.met !== second[i].met));
});

Deno.test("stopped and run again: no answer is asked for twice", async () => {
  const controller = new AbortController();
  const stops = double("stops", () => {
    if (stops.calls === 20) controller.abort(new Error("stopped"));
    return true;
  });
  let stopped = false;
  await run(stops, 1, controller.signal).catch(() => stopped = true);
  assertOk(stopped && stops.calls < 3 * CLIPS);
  const before = stops.calls;
  const rest = double("stops", () => true);
  const all = overall(await run(rest));
  assertEquals(before + rest.calls, 3 * CLIPS);
  assertEquals(all.clips, CLIPS);
  const again = double("stops", () => false);
  assertEquals(overall(await run(again)), all);
  assertEquals(again.calls, 0);
});

Deno.test("only a benchmark whose truth is known, and tasks that it has", async () => {
  const invocation = { command: "calibrate", passed: [], resolved: {} };
  const judge = double("yes", () => true);
  const attempt = (options: Partial<Parameters<typeof calibrate>[0]>) =>
    withSession(
      { folder, invocation, progress: silent, begins: true },
      (session) => calibrate({ judge, loaded, seeds: 1, repeats: 1, ...options }, session),
    );
  await assertInputError(
    () => attempt({ tasks: [5, 777] }),
    "no task 777",
    `1-${loaded.scenes!.size}`,
  );
  const release = { ...loaded, scenes: undefined };
  await assertInputError(() => attempt({ loaded: release }), "truth", "expected mini");
  const unruled = { ...loaded, rubrics: undefined };
  await assertInputError(() => attempt({ loaded: unruled }), "truth", "expected mini");
  await Deno.remove(folder, { recursive: true });
});
