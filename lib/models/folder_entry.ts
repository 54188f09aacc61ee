/** A folder of someone's own clips, by name. */
import { basename, resolve } from "node:path";
import { z } from "zod";
import { lazy } from "../lazy.ts";
import { checkLabel } from "../paths.ts";
import type { VideoModel } from "./video_model.ts";

const load = lazy<typeof import("./folder.ts")>(new URL("./folder.ts", import.meta.url));

/** Clips that some other program made. */
export const folder: VideoModel = {
  name: "folder",
  syntax: [{
    form: "folder:DIR",
    help: "your own clips, <task number>.<mp4|mov|webm|mkv|avi|gif>, each of seed 0",
  }],
  help: "your own clips, named by task",
  options: z.object({}),
  async open({ spec, loaded: { benchmark }, note }) {
    const { clipOfFile, scanFolder } = await load();
    const path = resolve(spec.argument!);
    const name = spec.label ?? basename(path);
    checkLabel(name);
    const { clips, missing } = await scanFolder(path, benchmark.tasks.map(({ task }) => task));
    if (missing.length > 0) {
      note(`${name} has no clip for ${missing.length} of ${benchmark.tasks.length} tasks`);
    }
    return { name, found: clips, rowOf: ({ path, task }) => clipOfFile(path, task, name) };
  },
};
