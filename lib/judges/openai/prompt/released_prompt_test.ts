import { fileURLToPath } from "node:url";
import { assertEquals, assertInputError } from "../../../testing/assert.ts";
import { readReleasedTemplate, releasedPrompt } from "./released_prompt.ts";
import { block, replyOf, TASK } from "../../../testing/openai/asking.ts";

const path = fileURLToPath(new URL("../../../testing/openai/evaluator_like.py", import.meta.url));
const source = await Deno.readTextFile(path);
const shown = { positions: [0], total: 1, fps: 1, width: 8, height: 8 };

Deno.test("the prompt is that of the given file, filled in as Python would", async () => {
  const criteria = block(3, "scientific");
  const prompt = await releasedPrompt(path);
  const { before, after, asked, unasked } = prompt.compose(TASK, criteria, shown);
  // The task stays empty, because the file reads it under a key that the rubrics lack.
  assertEquals(
    before,
    `Grade the Truth of this film.

Told to show: 
In detail: ${TASK.requirement}

Truth list:
1) <Good> Statement 1 of scientific.
2) <Good> Statement 2 of scientific.
3) <Bad> Statement 3 of scientific.

Say only {"scores": [0, 1], "reasoning": "..."} about Truth.`,
  );
  assertEquals([after, asked.length, unasked.length], ["", 3, 0]);
  const scores = replyOf('{"scores": [1, 0, 1], "reasoning": "R"}');
  assertEquals(prompt.read(scores, [1, 2, 3]), {
    answered: [true, false, true].map((met, i) => ({ id: i + 1, met, reason: "R" })),
  });
});

Deno.test("a dimension without a name is called by its block; Windows line endings change nothing", async () => {
  const criteria = block(1, "instruction");
  const windows = await Deno.makeTempFile({ suffix: ".py" });
  await Deno.writeTextFile(windows, source.replaceAll("\n", "\r\n"));
  const [unix, dos] = await Promise.all([path, windows].map(async (file) => {
    const prompt = await releasedPrompt(file);
    return [prompt.version, prompt.compose(TASK, criteria, shown).before];
  }));
  assertEquals(unix[1].startsWith("Grade the rubrics_instruction of"), true);
  assertEquals(dos, unix);
  await Deno.remove(windows);
});

Deno.test("criteria keyed outside d1 to d9 are not asked, with a reason", async () => {
  const released = block(3).map((criterion, i) => ({ ...criterion, criterion: [4, 22, 33][i] }));
  assertEquals(released.map(({ place }) => place), [1, 2, 3]);
  const prompt = await releasedPrompt(path);
  const { before, asked, unasked } = prompt.compose(TASK, released, shown);
  assertEquals(asked.map(({ place }) => place), [1]);
  assertEquals(before.includes("\n4) <Good> Statement 1 of scientific.\n\n"), true);
  assertEquals(unasked.map(({ criterion, reason }) => [criterion.place, reason]), [
    [2, "the released prompt lists keys d1 to d9 only; this one's is d22"],
    [3, "the released prompt lists keys d1 to d9 only; this one's is d33"],
  ]);
});

Deno.test("a file that is not the evaluator is refused, naming what was expected", async () => {
  const refused = (text: string, ...parts: string[]) =>
    assertInputError(() => readReleasedTemplate(text, "mine.py"), "mine.py", ...parts);
  await refused("print(1)", "_build_prompt");
  await refused(source.replace('return f"""Grade', 'return """Grade'), 'return f"""');
  await refused(source.replace("range(1, 10)", "KEYS"), "range of key numbers");
  await refused(source.replace('== "+1"', "> 0"), "kinds of criteria");
  await refused(source.replace(/"rubrics_\w+": "\w+",/g, ""), "names of dimensions");
  await refused(source.replace("task_desc =", "task ="), "task_desc");
  await refused(source.replace("rubrics_text +=", "lines +="), "rubrics_text");
  await assertInputError(
    () => releasedPrompt("/no/evaluator.py"),
    "/no/evaluator.py",
    "no such",
  );
});

Deno.test("a template with unknown names is refused when it is filled in", async () => {
  const file = await Deno.makeTempFile({ suffix: ".py" });
  await Deno.writeTextFile(file, source.replace("In detail: {detailed_req}", "Frames: {frames}"));
  const prompt = await releasedPrompt(file);
  await assertInputError(() => prompt.compose(TASK, block(), shown), "{frames}", "{task_desc}");
  await Deno.remove(file);
});
