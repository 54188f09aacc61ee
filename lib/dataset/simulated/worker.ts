/** Worker that generates the clips of a training set; see `dataset.ts`. */
import { dirname, join } from "node:path";
import { sampleParameters } from "../../sim/parameters.ts";
import { replaceFile } from "../../store/file.ts";
import { sha256 } from "../../store/key.ts";
import { encodeVideo } from "../../video/encode.ts";
import { serve } from "../../workers.ts";
import type { DatasetJob, MadeClip } from "./dataset.ts";
import { worldOf } from "./plan.ts";

serve(async ({ clip, shape, folder }: DatasetJob): Promise<MadeClip> => {
  const { id, split, seed, scale } = clip;
  const own = worldOf(clip);
  const parameters = sampleParameters(own, seed);
  const { video, truth, caption } = own.simulate(parameters, { seed, ...shape });
  const path = `${split}/videos/${id}.mp4`;
  await Deno.mkdir(dirname(join(folder, path)), { recursive: true });
  await encodeVideo(video, join(folder, path));
  const truthPath = `${split}/truth/${id}.json`;
  await replaceFile(join(folder, truthPath), JSON.stringify(truth) + "\n");
  return {
    id,
    split,
    world: own.name,
    scale,
    seed,
    path,
    truth: truthPath,
    sha256: sha256(await Deno.readFile(join(folder, path))),
    prompt: caption,
    parameters: JSON.stringify(parameters),
    ...shape,
  };
});
