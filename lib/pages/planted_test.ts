import { VIOLATION_KINDS } from "../sim/types.ts";
import { world } from "../worlds/all.ts";
import { assertEquals, assertOk } from "../testing/assert.ts";
import { filmStrip } from "./film_strip.ts";
import { openRun } from "./open_run.ts";
import { plantedClips } from "./planted.ts";

Deno.test("each planted violation has its first clip, by kind, with its failed criteria and frames", async () => {
  const folder = await Deno.makeTempDir({ prefix: "planted-" });
  const { violations } = world("mitosis");
  const run = await openRun(folder, {
    tasks: [5, 6],
    seeds: violations.map((_, seed) => seed),
    models: ["simulator:each"],
  });
  const clips = plantedClips(run);

  assertEquals(
    clips.map(({ violation }) => violation.name).sort(),
    violations.map(({ name }) => name).sort(),
  );
  const kinds = clips.map(({ violation }) => VIOLATION_KINDS.indexOf(violation.kind));
  assertEquals(kinds, kinds.toSorted());
  assertEquals(
    new Set(clips.map(({ clip }) => `${clip.model} ${clip.task}`)),
    new Set(["violator 5"]),
  );
  for (const { failed, violation, clip } of clips) {
    assertOk(failed.some(({ dimension }) => dimension === "scientific"), violation.name);
    assertOk(failed.every((criterion) => criterion.failed && criterion.evidence !== ""));
    const verdicts = run.verdicts.filter(({ model, task, seed }) =>
      model === clip.model && task === clip.task && seed === clip.seed
    );
    assertOk(failed.length < verdicts.length);
  }
  assertEquals(plantedClips({ ...run, judge: "another" }).flatMap(({ failed }) => failed), []);

  const text = { title: "mitosis", subtitle: "planted" };
  const strips = await Promise.all(clips.map(({ clip }) => filmStrip(run, clip, text, 4)));
  assertEquals(await filmStrip(run, clips[0].clip, text, 4), strips[0]);
  assertEquals(new Set(strips.map((jpeg) => jpeg.toBase64())).size, strips.length);
  await Deno.remove(folder, { recursive: true });
});
