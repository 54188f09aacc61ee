/** Clips that are as they were judged and cannot be read, as earlier versions took them. */
import { join } from "node:path";
import type { Scene } from "../benchmark/mini.ts";
import { runPaths } from "../paths.ts";
import type { Clip } from "../records/clip.ts";
import type { Task } from "../records/task.ts";
import type { Failure } from "../scores/failures.ts";
import { assertEquals, assertOk } from "../testing/assert.ts";
import { inFolder } from "../testing/folder.ts";
import { encodeVideo } from "../video/encode.ts";
import { failureCards } from "./gather.ts";
import { clipsByWorld } from "./model_sheet.ts";
import { reportPage } from "./page.ts";
import { writeReadable } from "./sheets.ts";

Deno.test("a clip that cannot be read is named on its card; the report shows the others", async () => {
  await inFolder(async (folder) => {
    const paths = runPaths(folder);
    const clips = [["nano", 0], ["nano", 1], ["s-base", 0]].map(([model, seed]) =>
      ({ model, task: 1, seed, path: `${model}-${seed}.mp4`, sha256: `${model}${seed}` }) as Clip
    );
    const [broken, ...whole] = clips;
    await Deno.writeTextFile(join(folder, broken.path), "not a film");
    const frames = [0, 90, 200].map((grey) => new Uint8Array(64 * 64 * 3).fill(grey));
    for (const { path } of whole) {
      await encodeVideo({ width: 64, height: 64, fps: 3, frames }, join(folder, path));
    }
    const failure = { judge: "probe", scale: "cell", dimension: "visual", task: 1, sign: 1 };
    const failed = clips.map(({ model, seed }, i) =>
      ({
        ...{ ...failure, model, id: `c${i}`, place: i, description: `criterion ${i}`, weight: 1 },
        ...{ failed: 1, judged: 2, unjudged: 0, seeds: [seed], evidence: "seen" },
      }) as Failure
    );
    const cards = await failureCards(failed, clips, paths);
    assertEquals(cards.map(({ strip }) => strip === null), [true, false, false]);
    assertOk(cards[0].problem?.includes(broken.path), cards[0].problem);
    const page = reportPage({
      run: {
        ...{ name: "r", benchmark: "mini", status: "finished", started: "", finished: null },
        ...{ commit: null, dirty: false, versions: {}, flags: {} },
      },
      failures: { figures: [], top: cards },
    });
    assertOk(page.includes("Not shown, the clip by nano on task 1, seed 0: "));

    const tasks = [{ task: 1, prompt: "A cell." } as Task];
    const scenes = new Map([[1, { world: "mitosis", parameters: {} } as Scene]]);
    const choose = (from: readonly Clip[]) => clipsByWorld(tasks, scenes, from, folder);
    const sheets = await writeReadable(choose, clips, paths);
    // The next seed stands in for the one that cannot be read.
    const shown = sheets!.shown.flatMap(({ clips }) => clips.map(({ clip }) => clip.path));
    assertEquals(shown, ["s-base-0.mp4", "nano-1.mp4"]);
    assertEquals(await writeReadable(choose, [broken], paths), null);
  });
});
