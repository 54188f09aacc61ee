import { type Criterion, criterionHash } from "../../records/criterion.ts";
import type { Task } from "../../records/task.ts";
import { assertEquals, assertInputError, assertOk } from "../../testing/assert.ts";
import { sheetPage } from "./page.ts";
import { sampleClips } from "./sample.ts";
import { clipCode, type KeyEntry, NOT_LABELLED, parseKey, readSheet, sheetCsv } from "./sheet.ts";

const criteria = [3, 4].flatMap((task) =>
  (["scientific", "visual", "instruction"] as const).flatMap((dimension) =>
    [1, 2].map((place): Criterion => ({
      benchmark: "mini",
      task,
      id: `${dimension}-${place}`,
      dimension,
      place,
      criterion: 11 * place,
      description: `${dimension} ${place}: a "quoted", µm-sized thing`,
      sign: 1,
      weight: 1,
      raw_weight: 1,
      probe: "",
    }))
  )
);
const key = ["nano", "wan"].map((model, i): KeyEntry => {
  const clip = { model, task: 3 + i, seed: i, sha256: `${model}-file` };
  return { ...clip, clip: clipCode(clip), frames_hash: `${model}-frames` };
});
const options = { file: "sheet.csv", key, criteria, judge: "human" };
const [one, two] = key.map(({ clip }) => clip);

Deno.test("a sheet has a row for each criterion, names no model, and reads back as nulls", () => {
  const sheet = sheetCsv(key, criteria);
  assertOk(!/nano|wan/.test(sheet));
  const verdicts = readSheet(sheet, options);
  assertEquals(verdicts.length, 12);
  assertOk(verdicts.every(({ met, reason }) => met === null && reason === NOT_LABELLED));
  assertEquals(new Set(verdicts.map(({ key }) => key)).size, 12);
});

Deno.test("answers in any case and form, notes, reordered and additional columns", () => {
  const sheet = "\uFEFFNote;MET;Id;Dimension;Clip;colour\r\n" +
    `"so; so";YES;visual-1;visual;${one};red\r\n;0;visual-2;;${one};\r\n` +
    `; false ;scientific-1;Scientific;${two}\r\n`;
  const rows = readSheet(sheet, { ...options, judge: "ann" });
  assertEquals(
    rows.map((row) => [row.judge, row.model, row.task, row.seed, row.id, row.dimension, row.place]),
    [
      ["ann", "nano", 3, 0, "visual-1", "visual", 1],
      ["ann", "nano", 3, 0, "visual-2", "visual", 2],
      ["ann", "wan", 4, 1, "scientific-1", "scientific", 1],
    ],
  );
  assertEquals(rows.map(({ met, evidence }) => [met, evidence]), [
    [true, "so; so"],
    [false, ""],
    [false, ""],
  ]);
  assertEquals([rows[0].frames_hash, rows[0].clip_sha256], ["nano-frames", "nano-file"]);
  assertEquals(rows[0].criterion_hash, criterionHash('visual 1: a "quoted", µm-sized thing'));
});

Deno.test("a sheet with an outdated criterion text is refused; without the text it is accepted", async () => {
  const sheet = sheetCsv(key, criteria).replaceAll(",,\r\n", ",yes,\r\n");
  const changed = criteria.map((row) =>
    row.id === "visual-2" ? { ...row, description: "A thing in other words" } : row
  );
  await assertInputError(
    () => readSheet(sheet, { ...options, criteria: changed }),
    "line 5, column description",
    "the current text of visual-2: A thing in other words",
    "line 11, column description",
  );
  const bare = `clip,id,met\n${one},visual-2,yes\n`;
  const [verdict] = readSheet(bare, { ...options, criteria: changed });
  assertEquals(verdict.criterion_hash, criterionHash("A thing in other words"));
});

Deno.test("a file that is no sheet is called that, whatever else is wrong with it", async () => {
  for (const text of ['# Notes\n\nIt is 5" long.\n', '{"clip": "c1"}', "a,b\n1,2\n"]) {
    await assertInputError(() => readSheet(text, options), "sheet.csv: it is not a label sheet");
  }
});

Deno.test("a changed answer changes only its own key", () => {
  const read = (first: string) =>
    readSheet(
      `clip,id,met\n${one},visual-1,${first}\n${one},visual-2,no\n`,
      options,
    ).map((row) => row.key);
  const [[a, b], [c, d]] = [read("yes"), read("no")];
  assertOk(a !== c && b === d);
});

Deno.test("all errors are listed, with line and column", async () => {
  const sheet = "clip,id,met\n" +
    `${one},visual-1,maybe\nc0000000,visual-1,yes\n${one},beauty-1,yes\n` +
    `${one},,yes\n${two},visual-2,yes\n${two},visual-2,no\n`;
  await assertInputError(
    () => readSheet(sheet, options),
    "sheet.csv",
    'line 2, column met: "maybe"; expected yes or no (y, n',
    'line 3, column clip: "c0000000"',
    'line 4, column id: "beauty-1"; expected the id of a criterion of task 3',
    'line 5, column id: ""',
    "line 7, column id",
    "criterion of line 6",
  );
  await assertInputError(
    () => readSheet("clip,met\n", options),
    "id is missing",
  );
  await assertInputError(() => readSheet("", options), "(none)", "clip, id, met are missing");
  await assertInputError(() => parseKey('[{"clip": "c1"}]', "key.json"), "key.json", "model");
});

Deno.test("a sample is balanced over models, then tasks, and determined by the seed", () => {
  const clips = ["nano", "wan", "sora"].flatMap((model) =>
    [1, 2, 3, 4].flatMap((task) => [0, 1, 2].map((seed) => ({ model, task, seed })))
  );
  const drawn = sampleClips(clips, 12, 5);
  for (const model of ["nano", "wan", "sora"]) {
    const tasks = drawn.filter((clip) => clip.model === model).map(({ task }) => task);
    assertEquals(tasks.sort(), [1, 2, 3, 4]);
  }
  assertEquals(sampleClips(clips.toReversed(), 12, 5), drawn);
  assertOk(JSON.stringify(sampleClips(clips, 12, 6)) !== JSON.stringify(drawn));
  assertEquals(sampleClips(clips, 99, 0).length, 36);
});

Deno.test("the page shows each clip and its criteria, and contains no scripts", () => {
  const task = { task: 3, prompt: "<script>alert(1)</script>", requirement: "R & D" } as Task;
  const page = sheetPage([{
    clip: one,
    task,
    strip: `strips/${one}.jpg`,
    video: `clips/${one}.mp4`,
    frames: 33,
    shown: 8,
    duration: 2.75,
  }], criteria);
  assertOk(
    !page.includes("<script") && page.includes("&lt;script&gt;") && page.includes("R &amp;"),
  );
  assertEquals(page.match(/<tr><td>/g)!.length, 6);
  assertOk(page.includes("8 of 33 frames, 2.8 s"));
});

Deno.test("a sheet of an earlier version, without ids, is read by the criteria's texts", async () => {
  const entry = { clip: "c1", model: "nano", task: 3, seed: 0, sha256: "ab", frames_hash: "" };
  const of = (id: string, place: number, description: string) =>
    ({ task: 3, dimension: "visual", id, place, description }) as Criterion;
  // The order has changed since the sheet was written.
  const criteria = [of("still", 1, "It stands still."), of("sharp", 2, "It is sharp.")];
  const read = (rows: string) =>
    readSheet(`clip,task,dimension,criterion,description,met,note\n${rows}`, {
      file: "sheet.csv",
      key: [entry],
      criteria,
      judge: "human",
    });
  const [first, second] = read(
    "c1,3,visual,1,It is sharp.,yes,\nc1,3,visual,2,It stands still.,no,\n",
  );
  assertEquals([first.id, first.met, second.id, second.met], ["sharp", true, "still", false]);
  await assertInputError(() => read("c1,3,visual,1,It is blue.,yes,\n"), "line 2", "It is blue.");
});
