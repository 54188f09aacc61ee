import sharp from "sharp";
import { VIOLATION_KINDS } from "../sim/types.ts";
import { world } from "../worlds/all.ts";
import { assertEquals, assertOk } from "../testing/assert.ts";
import { openRun } from "./open_run.ts";
import { filmStrip, plantedClips } from "./planted.ts";

Deno.test("each planted violation has its first clip, by kind, with its failed criteria and frames", async () => {
  const folder = await Deno.makeTempDir({ prefix: "planted-" });
  const { violations } = world("mitosis");
  const run = await openRun(folder, {
    tasks: [5, 6],
    seeds: violations.map((_, seed) => seed),
    models: ["simulator:each"],
  });
  const clips = plantedClips(run, "probe");

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
  assertEquals(plantedClips(run, "another").flatMap(({ failed }) => failed), []);

  const strips = await Promise.all(clips.map((clip) => filmStrip(folder, clip, 4)));
  assertEquals(await filmStrip(folder, clips[0], 4), strips[0]);
  assertEquals(new Set(strips.map((jpeg) => jpeg.toBase64())).size, strips.length);
  const { format, width = 0 } = await sharp(strips[0]).metadata();
  assertOk(format === "jpeg" && width >= 800);
  await Deno.remove(folder, { recursive: true });
});
