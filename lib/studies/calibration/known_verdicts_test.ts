import { calibrationByWorld } from "./figure_by_world.ts";
import { assertEquals, assertInputError, assertOk } from "../../testing/assert.ts";
import { reliabilityFigure } from "../../report/figures.ts";
import { runReliability } from "./known_verdicts.ts";
import { openRun } from "../../pages/open_run.ts";

/** The same row under another model's name. */
function aliased<Row extends { model: string }>(row: Row): Row {
  return { ...row, model: `worlds-${row.model.length}` };
}

Deno.test("a run's own clips show its judge's reliability in each world", async () => {
  const folder = await Deno.makeTempDir({ prefix: "known-" });
  const { loaded, clips, verdicts } = await openRun(folder, {
    tasks: [5, 9],
    seeds: [0, 1, 2],
    models: ["simulator", "simulator:each"],
  });
  const right = runReliability(loaded, clips, verdicts);
  const of = (rows: typeof right, world: string, kind: string) =>
    rows.find((row) => row.world === world && row.dimension === "all" && row.kind === kind)!;
  assertEquals(
    new Set(right.map(({ world }) => world)),
    new Set(["all", "mitosis", "vesicle-diffusion"]),
  );
  assertOk(of(right, "mitosis", "violations").errors_found! > 0.9);
  assertOk(of(right, "mitosis", "true").false_alarms! < 0.05);
  assertOk(reliabilityFigure(right).svg.includes(">vesicle diffusion<"));

  // The same judge, inverted in one world, is wrong there and only there.
  const turned = verdicts.map((row) =>
    row.task === 5 && row.met !== null ? { ...row, met: !row.met } : row
  );
  const wrong = runReliability(loaded, clips, turned);
  assertOk(of(wrong, "mitosis", "violations").errors_found! < 0.1);
  assertOk(of(wrong, "mitosis", "true").false_alarms! > 0.95);
  assertEquals(
    of(wrong, "vesicle-diffusion", "all"),
    of(right, "vesicle-diffusion", "all"),
  );
  assertOk(reliabilityFigure(wrong).svg !== reliabilityFigure(right).svg);

  // Clips that are not simulated contribute nothing, and neither do verdicts without their clip.
  const found = clips.map((clip) => ({ ...clip, world: "", violation: "" }));
  assertEquals(runReliability(loaded, found, verdicts), []);
  const unknown = verdicts.map((row) => ({ ...row, model: "wan" }));
  assertEquals(runReliability(loaded, clips, unknown), []);
  await assertInputError(
    () => runReliability(loaded, clips, [...verdicts, { ...verdicts[0], judge: "other" }]),
    "other",
    "one judge",
  );

  // The planted violation is read from the clip, whatever the model's name.
  const renamed = { clips: clips.map(aliased), verdicts: verdicts.map(aliased) };
  assertEquals(runReliability(loaded, renamed.clips, renamed.verdicts), right);
  await assertInputError(() => calibrationByWorld(right, []), "0 worlds");
  await Deno.remove(folder, { recursive: true });
});
