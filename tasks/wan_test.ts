/** Wan as a user runs it: shares that are killed and begun again, then judged like any model. */
import { join } from "node:path";
import { runPaths } from "../lib/paths.ts";
import { clipsTable } from "../lib/records/clip.ts";
import { summaryTable } from "../lib/records/summary.ts";
import { verdictsTable } from "../lib/records/verdict.ts";
import { readTable } from "../lib/store/table.ts";
import { assertEquals, assertOk } from "../lib/testing/assert.ts";
import { spawnTask } from "../lib/testing/tasks.ts";
import { fixture } from "../lib/testing/wan/fixtures.ts";

const made = await fixture("pipeline", ["dit", "tokenizer", "umt5", "vae"]);
const weights = join(made.folder ?? "", "original");

async function task(name: string, ...flags: string[]): Promise<string> {
  const { code, stdout, stderr } = await (await spawnTask(name, flags)).output();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

Deno.test({
  ignore: made.folder === null,
  name: "Wan's clips are made once each, whatever is killed, and read back like any model's",
  async fn() {
    const parent = await Deno.makeTempDir();
    const folder = join(parent, "run");
    const run = ["--run", folder];
    const model = ["--model", `tiny=wan:${weights}`, "--size", "48x64x9", "--steps", "2"];
    const work = [...model, ...run, "--tasks", "1,5,9,12", "--seeds", "0-1", "--provider", "cpu"];
    const clips = join(folder, "clips");
    const times = () => {
      const found = new Map<string, number>();
      const look = (folder: string) => {
        for (const { name, isDirectory } of Deno.readDirSync(folder)) {
          const path = join(folder, name);
          if (isDirectory) look(path);
          else if (name.endsWith(".mp4")) found.set(path, Deno.statSync(path).mtime!.getTime());
        }
      };
      try {
        look(clips);
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
      return found;
    };
    const child = (await spawnTask("generate", [...work, "--shard", "1/2"])).spawn();
    const [out, err] = [child.stdout.text(), child.stderr.text()];
    while (times().size < 2) {
      const ended = await Promise.race([child.status, new Promise((go) => setTimeout(go, 20))]);
      if (ended) throw new Error(`generate ended too early: ${await out} ${await err}`);
    }
    child.kill("SIGKILL");
    await child.status;
    const before = times();
    assertOk(before.size >= 2 && before.size < 8, `${before.size} clips`);
    await Promise.all([1, 2, 3].map((index) => task("generate", ...work, "--shard", `${index}/3`)));
    await task("generate", ...work);
    const after = times();
    const rows = await readTable(clipsTable, runPaths(folder).table("clips"));
    assertEquals(rows.length, 8);
    assertEquals(new Set(rows.map(({ task, seed }) => `${task}-${seed}`)).size, 8);
    assertEquals([...after.keys()].sort(), rows.map(({ path }) => join(folder, path)).sort());
    // The one that was being written when the process was killed may have had to be made again.
    const kept = [...before].filter(([path, time]) => after.get(path) === time);
    assertOk(kept.length >= before.size - 1, `${kept.length} of ${before.size} were kept`);

    await task("judge", ...run);
    await task("score", ...run);
    await task("report", ...run);
    const verdicts = await readTable(verdictsTable, runPaths(folder).table("verdicts"));
    assertEquals(new Set(verdicts.map(({ model }) => model)), new Set(["tiny"]));
    assertEquals(verdicts.length, 8 * 15);
    const summary = await readTable(summaryTable, runPaths(folder).table("summary"));
    assertOk(summary.some(({ model, mean }) => model === "tiny" && mean !== null));
    const page = await Deno.readTextFile(join(folder, "report", "index.html"));
    assertOk(page.includes("tiny") && page.includes("<video"));

    // Other arithmetic is other clips: none is taken for one of those above.
    const half = ["--model", `half=wan:${weights}`, "--size", "48x64x9", "--steps", "2"];
    const once = [...half, ...run, "--tasks", "1", "--seeds", "0", "--provider", "cpu"];
    await task("generate", ...once, "--dtype", "f16");
    const said = await task("generate", ...once, "--dtype", "f16");
    const widths = (await readTable(clipsTable, runPaths(folder).table("clips")))
      .filter(({ model }) => model === "half");
    assertEquals(widths.length, 1, said);
    await task("generate", ...once, "--dtype", "f32");
    const [{ key }] = (await readTable(clipsTable, runPaths(folder).table("clips")))
      .filter(({ model }) => model === "half");
    assertOk(key !== widths[0].key);

    const refused = await (await spawnTask("generate", [...once, "--dtype", "bf16"])).output();
    assertEquals(refused.code, 2);
    assertOk(new TextDecoder().decode(refused.stderr).includes("in bf16 on cpu"));

    assertOk((await task("models", "--model", `wan:${weights}`)).includes("nothing is missing"));
    await Deno.remove(parent, { recursive: true });
  },
});
