import { join } from "node:path";
import { clipsTable } from "../records/clip.ts";
import { simulator } from "../models/simulator.ts";
import { verdictsTable } from "../records/verdict.ts";
import { parseCsv } from "../csv.ts";
import { runPaths } from "../paths.ts";
import { readTable } from "../store/table.ts";
import { sha256 } from "../store/key.ts";
import { assertEquals, assertInputError, assertOk } from "../testing/assert.ts";
import { openBenchmark } from "../benchmark/registry.ts";
import { readKey, writeKey } from "../judges/human/labels.ts";
import { copyOf } from "../store/record_file.ts";
import { generateClips } from "./generate.ts";
import { silent } from "./progress.ts";
import { partlyText, readLabels, writeSheet } from "./label.ts";

const idle = silent.step("", 0);
const loaded = await openBenchmark("mini");
const ann = { judge: "ann", criteria: loaded.benchmark.criteria };

async function runWithClips(): Promise<ReturnType<typeof runPaths>> {
  const paths = runPaths(await Deno.makeTempDir());
  const tasks = loaded.benchmark.tasks.filter(({ task }) => [5, 9].includes(task));
  for (const name of ["secret-one", "secret-two"]) {
    const generator = { ...simulator({ scenes: loaded.scenes!, frames: 5 }), name };
    await generateClips({ generator, tasks, seeds: [0], paths }, idle);
  }
  return paths;
}

Deno.test("a sheet is written blind, filled in, read back as verdicts, and not written over", async () => {
  const paths = await runWithClips();
  const clips = await readTable(clipsTable, paths.table("clips"));
  const from = { benchmark: loaded.benchmark, clips };
  assertEquals(await writeSheet({ ...from, sample: 3, draw: 1 }, paths, idle), {
    made: 3,
    cached: 0,
  });
  const file = join(paths.folder, "labels", "sheet.csv");
  const sheet = await Deno.readTextFile(file);
  const page = await Deno.readTextFile(join(paths.folder, "labels", "sheet.html"));
  assertOk(!/secret/.test(sheet) && !/secret/.test(page));
  for (const [, path] of page.matchAll(/src="([^"]+)"/g)) {
    const { size } = await Deno.stat(join(paths.folder, "labels", path));
    assertOk(size > 0, path);
  }
  const rows = parseCsv(sheet, file).length - 1;
  const keyFile = join(paths.folder, "labels", "key.json");
  const { clips: key } = JSON.parse(await Deno.readTextFile(keyFile));
  const asked = (task: number) => loaded.benchmark.criteria.filter((row) => row.task === task);
  assertEquals(
    rows,
    key.reduce((sum: number, { task }: { task: number }) => sum + asked(task).length, 0),
  );

  await assertInputError(
    () => readLabels(file, ann, paths),
    `none of its ${rows} answers is filled in`,
    "yes or no in the column met",
  );
  await Deno.writeTextFile(file, sheet.replace(",,\r\n", ",yes,sharp\r\n"));
  const kept = await readKey(paths);
  await Deno.writeTextFile(
    keyFile,
    (await Deno.readTextFile(keyFile)).replace(`"model": "${key[0].model}"`, '"model": "another"'),
  );
  assertEquals(await readKey(paths), kept);
  await Deno.remove(copyOf(keyFile));
  await assertInputError(() => readLabels(file, ann, paths), keyFile, "checksum");
  await writeKey(paths, kept);
  assertEquals(await readLabels(file, ann, paths), { made: rows, cached: 0, answered: 1 });
  assertOk(
    partlyText({ made: 0, cached: rows, answered: 1 })?.startsWith(`1 of ${rows} answers is`),
  );
  assertEquals(partlyText({ made: rows, cached: 0, answered: rows }), null);
  const verdicts = await readTable(verdictsTable, paths.table("verdicts"));
  assertEquals(verdicts.length, rows);
  const [labelled, ...more] = verdicts.filter(({ met }) => met !== null);
  assertEquals([labelled.judge, labelled.met, labelled.evidence, more], ["ann", true, "sharp", []]);
  assertOk(clips.some(({ model, task }) => model === labelled.model && task === labelled.task));

  await assertInputError(
    () => writeSheet({ ...from, sample: 4, draw: 2 }, paths, idle),
    "holds 1 answer;",
    "--read",
  );
  await Deno.rename(file, `${file}.done`);
  await writeSheet({ ...from, sample: 1, draw: 2 }, paths, idle);
  // The key still knows the clips of the sheet before.
  assertEquals((await readLabels(`${file}.done`, ann, paths)).cached, rows);
  await Deno.remove(paths.folder, { recursive: true });
});

Deno.test("no key, no sheet, not UTF-8: errors that say what to do", async () => {
  const paths = runPaths(await Deno.makeTempDir());
  await assertInputError(() => readLabels("sheet.csv", ann, paths), "key.json", "--run");
  await Deno.mkdir(join(paths.folder, "labels"));
  await Deno.writeTextFile(join(paths.folder, "labels", "key.json"), "[]");
  await assertInputError(
    () => readLabels("/nowhere/sheet.csv", ann, paths),
    "/nowhere/sheet.csv",
  );
  const latin = join(paths.folder, "latin.csv");
  await Deno.writeFile(latin, Uint8Array.of(0xb5, 0x6d));
  await assertInputError(() => readLabels(latin, ann, paths), "UTF-8");
  await Deno.remove(paths.folder, { recursive: true });
});

Deno.test("a clip that cannot be shown is left out of the sheet and named; with no other there is none", async () => {
  const paths = await runWithClips();
  const clips = await readTable(clipsTable, paths.table("clips"));
  const broken = "not a film, as an earlier version took it";
  await Deno.writeTextFile(join(paths.folder, clips[0].path), broken);
  const first = { ...clips[0], sha256: sha256(broken) };
  const notes: string[] = [];
  const note = (line: string) => void notes.push(line);
  const from = { benchmark: loaded.benchmark, sample: 2, draw: 1, note };
  const { made } = await writeSheet({ ...from, clips: [first, clips[1]] }, paths, idle);
  assertEquals([made, notes.length], [1, 1]);
  assertOk(notes[0].startsWith(`Left out ${first.path}, which cannot be shown: `), notes[0]);
  await assertInputError(() => writeSheet({ ...from, clips: [first] }, paths, idle), first.path);
  await Deno.remove(paths.folder, { recursive: true });
});
