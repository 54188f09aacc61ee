import { join } from "node:path";
import { InputError } from "../errors.ts";
import { chooseModel } from "../models/registry.ts";
import { runPaths } from "../paths.ts";
import { clipsTable } from "../records/clip.ts";
import { exists } from "../store/file.ts";
import { readTable } from "../store/table.ts";
import { assertEquals, assertInputError } from "../testing/assert.ts";
import { inFolder } from "../testing/folder.ts";
import { encodeVideo } from "../video/encode.ts";
import { world } from "../worlds/all.ts";
import { generateStep } from "./generate_step.ts";
import { readManifest } from "./manifest.ts";
import { silent } from "./progress.ts";
import { withSession } from "./session.ts";

const invocation = { command: "generate", passed: [], resolved: {} };

/** Takes the clips of a folder into a run. */
function take(clips: string, folder: string): Promise<string> {
  return withSession(
    { folder, invocation, progress: silent, begins: true },
    (session) => generateStep(chooseModel(`folder:${clips}`), { seeds: [0] }, session),
  );
}

Deno.test("clips that are whole are kept and recorded where others are refused", () =>
  inFolder(async (parent) => {
    const [clips, folder] = ["clips", "run"].map((name) => join(parent, name));
    await Deno.mkdir(clips);
    for (const task of [1, 2]) await Deno.writeTextFile(join(clips, `${task}.mp4`), "no film");
    // A run in which nothing is kept is none.
    await assertInputError(() => take(clips, folder), "2 of 2 clips", "0 can");
    assertEquals(await exists(folder), false);
    const { video } = world("mitosis").simulate({}, { seed: 0, width: 64, height: 64, frames: 8 });
    await encodeVideo(video, join(clips, "3.mp4"));
    for (const counts of [[1, 0], [0, 1]]) {
      const error = await take(clips, folder).catch((thrown) => thrown);
      assertEquals(error instanceof InputError, true, String(error));
      const record = (await readManifest(runPaths(folder).manifest))!.invocations.at(-1)!;
      assertEquals([record.status, record.error, record.rows_made], [
        "failed",
        error.message,
        counts[0],
      ]);
      assertEquals(record.steps.map(({ name, made, cached }) => [name, made, cached]), [
        ["generate", ...counts],
      ]);
    }
    const rows = await readTable(clipsTable, runPaths(folder).table("clips"));
    assertEquals(rows.map(({ task }) => task), [3]);
  }));
