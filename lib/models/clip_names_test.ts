import { openBenchmark } from "../benchmark/registry.ts";
import { assertEquals, assertOk } from "../testing/assert.ts";
import { clipNames } from "./clip_names.ts";

const TASKS = [
  { task: 1, prompt: "A 3 µm bead: drifts to the left, slowly." },
  { task: 2, prompt: "Two cells divide / then rest. Is this all?" },
  { task: 3, prompt: "Two cells divide / then rest. Is this all? No, they move." },
  { task: 12, prompt: "細胞が分裂する様子を顕微鏡で観察する" },
];
const read = clipNames(TASKS);

Deno.test("names of clips: a number, with a seed after - or _", () => {
  for (
    const [stem, task, seed] of [
      ["1", 1, 0],
      ["001", 1, 0],
      ["1-0", 1, 0],
      ["1_0", 1, 0],
      ["012-007", 12, 7],
      ["3_41", 3, 41],
      // Whether the benchmark has it is another's question.
      ["99-1", 99, 1],
    ] as const
  ) assertEquals(read(stem), { task, seed }, stem);
  assertEquals(
    read("1-2147483648"),
    "the seed 2147483648 is too large; expected 2147483647 at most",
  );
});

Deno.test("names of clips: a prompt, as file systems leave it, whole or cut off", () => {
  const [bead, cells, move, japanese] = TASKS.map(({ prompt }) => prompt);
  for (
    const [stem, task, seed] of [
      [`${bead}-0`, 1, 0],
      [bead, 1, 0],
      ["A 3 μm bead_ drifts to the left, slowly-2", 1, 2],
      ["a_3_µm_bead__drifts_to_the_left", 1, 0],
      ["A 3 µm bead  drifts to the l…_4", 1, 4],
      [`${cells.replaceAll(/[/?]/g, "_")}-3`, 2, 3],
      ["Two cells divide   then rest. Is this all_ No, they m-1", 3, 1],
      [move.normalize("NFD").replaceAll("/", ":"), 3, 0],
      [`${japanese}-1`, 12, 1],
    ] as const
  ) assertEquals(read(stem), { task, seed }, stem);
});

Deno.test("names of clips: what fits several tasks, or none, is no clip's name", () => {
  for (const stem of ["Two cells divide then res", "Two cells divide _ then rest. Is thi-0"]) {
    assertEquals(read(stem), "the name is the beginning of several prompts, of tasks 2-3", stem);
  }
  // Too short a beginning could be any other film.
  for (const stem of ["A 3 µm bead", "clip_a", "-2", "1.5", "1-0 (1)", "x1-0", "", "-", "1--0"]) {
    assertEquals(read(stem), "the name is neither a task's number nor its prompt", stem);
  }
  const counted = clipNames([{ task: 4, prompt: "Vesicles of diameters between 3-12 nm" }]);
  assertEquals(
    counted("Vesicles of diameters between 3-12"),
    "the name ends like a seed and like the prompt of task 4",
  );
  const twins = clipNames([{ task: 7, prompt: "A cell." }, { task: 8, prompt: "A cell" }]);
  assertEquals(twins("A cell-0"), "the name is the beginning of several prompts, of tasks 7-8");
});

Deno.test("names of clips: mini's prompts, cut to what a file's name may have, are all told apart", async () => {
  const { benchmark: { tasks } } = await openBenchmark("mini");
  const stems = clipNames(tasks);
  for (const { task, prompt } of tasks) {
    const file = prompt.replaceAll(/[/\\:*?"<>|]/g, "_").slice(0, 200);
    assertEquals(stems(`${file}-2`), { task, seed: 2 });
  }
  assertOk(tasks.length > 30);
});
