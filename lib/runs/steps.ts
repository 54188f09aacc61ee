/** The steps after generation, each a step of a session. */
import { InputError } from "../errors.ts";
import { readImported } from "../judges/imported.ts";
import type { Judge } from "../judges/judge.ts";
import { type Clip, clipsTable } from "../records/clip.ts";
import { readTableIfAny } from "../store/table.ts";
import type { LoadedBenchmark } from "../benchmark/loaded.ts";
import type { Session } from "./session.ts";
import { judgeClips, keepVerdicts } from "./judge.ts";

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
