/** Worker that measures clips; see `judge.ts`. */
import { serve } from "../../workers.ts";
import type { FileJob, FileRulings } from "../judge.ts";
import { probeJudge } from "./judge.ts";
import { readForMeasuring } from "./reading.ts";

const judge = probeJudge();

let previous: Promise<unknown> = Promise.resolve();

// One clip at a time, so that only its frames are in memory while the next job is already queued.
serve((job: FileJob): Promise<FileRulings> => {
  const measured = previous.catch(() => {}).then(() => measure(job));
  previous = measured;
  return measured;
});

async function measure({ path, task, criteria }: FileJob): Promise<FileRulings> {
  const { video, reason, frames } = await readForMeasuring(path);
  if (video === null) {
    const rulings = criteria.map(({ id }) => ({ id, met: null, reason, evidence: "" }));
    return { rulings, frames };
  }
  const { rulings } = await judge.judge(task, criteria, video, {});
  return { rulings, frames };
}
