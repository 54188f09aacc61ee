/** The prompts of a benchmark, printed as its users take them. */
import { join } from "node:path";
import { openBenchmark } from "../lib/benchmark/registry.ts";
import { parseCsv } from "../lib/csv.ts";
import { clipNames } from "../lib/models/clip_names.ts";
import { assertEquals, assertOk } from "../lib/testing/assert.ts";
import { inFolder } from "../lib/testing/folder.ts";
import { sharedData } from "../lib/testing/shared_data.ts";
import { spawnTask, type TaskOptions } from "../lib/testing/tasks.ts";

async function tasks(flags: string[], options?: TaskOptions) {
  const { code, stdout, stderr } = await (await spawnTask("tasks", flags, options)).output();
  const [out, said] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, out, said };
}

const release = sharedData("microworldbench");

Deno.test({
  name: "tasks: the release's 459 prompts with numbers and files, in each format, whole",
  ignore: release.absent,
  async fn() {
    const benchmark = `release:${release.path}`;
    const { benchmark: { tasks: rows } } = await openBenchmark(benchmark);
    const read = clipNames(rows);
    const [csv, json, txt] = await Promise.all(
      ["csv", "json", "txt"].map((format) => tasks(["--benchmark", benchmark, "--format", format])),
    );
    const [head, ...records] = parseCsv(csv.out, "tasks.csv").map(({ fields }) => fields);
    assertEquals(head, ["task", "seed", "file", "scale", "prompt"]);
    const expected = rows.map(({ task, prompt }) => [task, prompt]);
    assertEquals(records.map(([task, , , , prompt]) => [Number(task), prompt]), expected as never);
    const listed: { task: number; file: string; prompt: string }[] = JSON.parse(json.out);
    assertEquals(listed.map(({ task, prompt }) => [task, prompt]), expected as never);
    for (const { task, file } of listed) {
      assertEquals(read(file.replace(/\.mp4$/, "")), { task, seed: 0 });
    }
    assertEquals(txt.out.trimEnd().split("\n").length, 459);
    assertOk(txt.out.startsWith("1\t1.mp4\tWithin the human brain"), txt.out.slice(0, 80));
  },
});

Deno.test("tasks: some of them with seeds, into a file in the home folder; nothing is written over", () =>
  inFolder(async (home) => {
    const flags = ["--tasks", "3,9", "--seeds", "0-1", "--format", "json", "--out", "~/list.json"];
    const first = await tasks(flags, { env: { HOME: home } });
    assertEquals(
      [first.code, first.out],
      [0, `2 prompts: ${join(home, "list.json")}\n`],
      first.said,
    );
    const listed = JSON.parse(await Deno.readTextFile(join(home, "list.json")));
    assertEquals(listed.map(({ file }: { file: string }) => file), [
      ...["3-0.mp4", "3-1.mp4", "9-0.mp4", "9-1.mp4"],
    ]);
    assertEquals((await tasks(flags, { env: { HOME: home } })).code, 0);
    await Deno.writeTextFile(join(home, "list.json"), "mine");
    const again = await tasks(flags, { env: { HOME: home } });
    assertEquals(again.code, 2);
    assertOk(again.said.includes("there already"), again.said);
    assertEquals(await Deno.readTextFile(join(home, "list.json")), "mine");
    const wrong = await tasks(["--tasks", "99"]);
    assertEquals([wrong.code, wrong.out], [2, ""]);
  }));
