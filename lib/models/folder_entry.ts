/** A folder of someone's own clips, by name. */
import { basename, resolve } from "node:path";
import { z } from "zod";
import { type VideoModel, videoModel } from "./video_model.ts";

const options = z.object({});

/** Clips that some other program made. */
export const folder: VideoModel = videoModel({
  name: "folder",
  syntax: [{
    form: "folder:DIR",
    help: "your own clips, <task number>.<mp4|mov|webm|mkv|avi|gif>, each of seed 0",
  }],
  help: "your own clips, named by task",
  options,
  async open({ spec, loaded: { benchmark }, note }) {
    const { clipOfFile, scanFolder } = await import("./folder.ts");
    const path = resolve(spec.argument!);
    const name = spec.label ?? basename(path);
    const { clips, missing } = await scanFolder(path, benchmark.tasks.map(({ task }) => task));
    if (missing.length > 0) {
      note(`${name} has no clip for ${missing.length} of ${benchmark.tasks.length} tasks`);
    }
    return { name, found: clips, rowOf: ({ path, task }) => clipOfFile(path, task, name) };
  },
});
