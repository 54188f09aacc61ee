/** The steps after generation, each a step of a session. */
import { join } from "node:path";
import { InputError } from "../errors.ts";
import { readImported } from "../judges/imported.ts";
import type { Judge } from "../judges/judge.ts";
import { probeJudge } from "../judges/probe/judge.ts";
import { type Clip, clipsTable } from "../records/clip.ts";
import { PROJECT } from "../paths.ts";
import { exists } from "../store/file.ts";
import { sha256 } from "../store/key.ts";
import { readTableIfAny } from "../store/table.ts";
import type { LoadedBenchmark } from "./benchmark.ts";
import { scoreRun } from "./score.ts";
import { reportRun } from "../report/step.ts";
import type { Session } from "./session.ts";
import { sourceHash } from "./code_version.ts";
import { judgeClips, keepVerdicts } from "./judge.ts";
import { readVerdicts } from "./verdicts.ts";

/** The probes as a judge; what other code measured is measured anew. */
export async function currentProbe(): Promise<Judge> {
  const judge = probeJudge();
  const code = await sourceHash(PROJECT.lib, ["judges/probe", "video"]);
  return { ...judge, fingerprint: `${judge.fingerprint} code ${code}` };
}

/**
 * The run's clips.
 *
 * @throws {InputError} if it has none.
 */
export async function clipsOf({ paths }: Pick<Session, "paths">): Promise<Clip[]> {
  const clips = await readTableIfAny(clipsTable, paths.table("clips"));
  if (!clips || clips.length === 0) {
    throw new InputError(`Found no clips in ${paths.folder}; make them with deno task generate`);
  }
  return clips;
}

/**
 * Judges every clip of the run.
 *
 * @throws {InputError} if the run has no clips, or the probes are to judge a benchmark without any.
 */
export async function judgeStep(
  judge: Judge,
  { benchmark }: LoadedBenchmark,
  session: Session,
): Promise<void> {
  const { paths, signal } = session;
  if (judge.name === "probe" && benchmark.criteria.every(({ probe }) => probe === "")) {
    throw new InputError(
      `The judge probe cannot judge ${benchmark.name}: none of its criteria is bound to a probe`,
    );
  }
  const clips = await clipsOf(session);
  await session.step(
    "judge",
    clips.length,
    (progress) => judgeClips({ judge, benchmark, clips, paths, signal }, progress),
  );
}

/** Imports the verdicts of a folder of released `*_result.json`. */
export async function importStep(
  folder: string,
  { benchmark }: LoadedBenchmark,
  session: Session,
): Promise<void> {
  const { models, verdicts } = await readImported(folder, benchmark);
  session.progress.note(`imported  ${models.length} models: ${models.join(", ")}`);
  await session.step("judge", 0, () => keepVerdicts(verdicts, session.paths));
}

/** Scores the run's verdicts under every rule. */
export async function scoreStep({ benchmark }: LoadedBenchmark, session: Session): Promise<void> {
  const { paths } = session;
  const verdicts = await readVerdicts(paths);
  if (!verdicts || verdicts.length === 0) {
    throw new InputError(`Found no verdicts in ${paths.folder}; make them with deno task judge`);
  }
  const key = sha256([
    await sourceHash(PROJECT.lib, ["scores", "benchmark"]),
    JSON.stringify(benchmark),
    sha256(await Deno.readFile(paths.table("verdicts"))),
  ].join());
  const outputs = ["scores", "summary", "claims"].map((name) => paths.table(name));
  await session.stepOnce("score", key, outputs, () => scoreRun(benchmark, verdicts, paths));
}

/** Draws the figures and writes the report, led by one rule. */
export async function reportStep(
  loaded: LoadedBenchmark,
  rule: string,
  session: Session,
): Promise<void> {
  const { paths, manifest } = session;
  if (!await exists(paths.table("summary"))) {
    throw new InputError(`Found no scores in ${paths.folder}; make them with deno task score`);
  }
  const tables = await Promise.all(
    ["clips", "verdicts", "summary", "claims"].map(async (name) =>
      await exists(paths.table(name)) ? sha256(await Deno.readFile(paths.table(name))) : ""
    ),
  );
  const code = await sourceHash(PROJECT.lib, ["figures", "report", "run", "scores", "benchmark"]);
  const key = sha256([rule, JSON.stringify(loaded), code, ...tables].join());
  const outputs = [join(paths.report, "index.html"), join(paths.figures, "leaderboard.png")];
  await session.stepOnce(
    "report",
    key,
    outputs,
    (progress) => reportRun(loaded, rule, manifest, paths, progress),
  );
}
