/** Compares clips of all kinds with what the system's ffmpeg shows of them. */
import { columns } from "../../lib/columns.ts";
import { InputError, messageOf } from "../../lib/errors.ts";
import {
  CLIP_KINDS,
  differencesFromFfmpeg,
  hasFfmpeg,
  makeClip,
} from "../../lib/testing/clip_kinds.ts";
import { defineTask, main } from "../cli.ts";

await main(
  defineTask({
    name: "bench clips-as-they-are",
    summary: "Makes a clip of each kind with ffmpeg and compares how it is read with ffmpeg.",
    details:
      "Compared are the number of frames, their size, orientation, corner colours and times.",
    flags: {},
  }),
  async (_flags, { progress }) => {
    if (!hasFfmpeg) throw new InputError("Found no ffmpeg and ffprobe; install the system's");
    const folder = await Deno.makeTempDir({ prefix: "bench-clips-" });
    const rows: string[][] = [];
    try {
      for (const kind of CLIP_KINDS) {
        progress.note(kind.name);
        rows.push([kind.name, await outcome(() => makeClip(kind, folder))]);
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
    const equal = rows.filter(([, result]) => result === "equal").length;
    console.log(["", ...columns([["kind", "beside ffmpeg"], ...rows])].join("\n"));
    console.log(`\n${equal} of ${rows.length} kinds are read as ffmpeg shows them`);
    if (equal < rows.length) throw new InputError("Some kinds are read otherwise, see above");
  },
);

async function outcome(make: () => Promise<string>): Promise<string> {
  let path: string;
  try {
    path = await make();
  } catch (error) {
    return `not made by this ffmpeg: ${messageOf(error).trim().split("\n").at(-1)}`;
  }
  try {
    const found = await differencesFromFfmpeg(path);
    return found.length === 0 ? "equal" : found.join("; ");
  } catch (error) {
    return messageOf(error);
  }
}
