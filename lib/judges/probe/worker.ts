/** Worker that measures clips; see `judge.ts`. */
import { decodeVideo } from "../../video/decode.ts";
import { framesHash } from "../../video/sample.ts";
import { serve } from "../../workers.ts";
import type { FileJob, FileRulings } from "../judge.ts";
import { probeJudge } from "./judge.ts";

const judge = probeJudge();

serve(async ({ path, task, criteria }: FileJob): Promise<FileRulings> => {
  const video = await decodeVideo(path, { threads: 1 });
  const { rulings } = await judge.judge(task, criteria, video, {});
  return { rulings, frames: framesHash(video) };
});
