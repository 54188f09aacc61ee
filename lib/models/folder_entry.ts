/** A folder of someone's own clips, by name. */
import { basename, resolve } from "node:path";
import { z } from "zod";
import { lazy } from "../lazy.ts";
import { checkName } from "../names.ts";
import { someOf } from "../numbers.ts";
import type { VideoModel } from "./video_model.ts";

const load = lazy<typeof import("./folder.ts")>(new URL("./folder.ts", import.meta.url));

/** Clips that some other program made. */
export const folder: VideoModel = {
  name: "folder",
  syntax: [{
    form: "folder:DIR",
    help:
      "your own clips, named TASK.mp4, TASK-SEED.mp4 or PROMPT-SEED.mp4 (mov, webm, mkv, avi, gif)",
  }],
  help: "your own clips, named by task",
  options: z.object({}),
  async open({ spec, loaded: { benchmark }, note }) {
    const { clipOfFile, scanFolder } = await load();
    const path = resolve(spec.argument!);
    const name = spec.label ?? basename(path);
    checkName(name, "model", `give it another with LABEL=${spec.text}`);
    const { clips, ignored } = await scanFolder(path, benchmark.tasks);
    if (ignored.length > 0) {
      note(
        `${name}: passed over, not clips: ${someOf(ignored.map((file) => JSON.stringify(file)))}`,
      );
    }
    return { name, found: clips, rowOf: (clip) => clipOfFile(clip, name) };
  },
};
