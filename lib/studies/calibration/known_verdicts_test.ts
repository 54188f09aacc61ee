import { calibrationByWorld } from "./figure_by_world.ts";
import { assertEquals, assertInputError, assertOk } from "../../testing/assert.ts";
import { reliabilityFigure } from "../../report/figures.ts";
import { runReliability } from "./known_verdicts.ts";
import { openRun } from "../../pages/open_run.ts";

Deno.test("a run's own clips tell, world by world, how far its judge can be trusted", async () => {
  const folder = await Deno.makeTempDir({ prefix: "known-" });
  const { loaded, verdicts } = await openRun(folder, {
    tasks: [5, 9],
    seeds: 3,
    models: ["simulator", "violator"],
  });
  const right = await runReliability(loaded, verdicts);
  const of = (rows: typeof right, world: string, kind: string) =>
    rows.find((row) => row.world === world && row.dimension === "all" && row.kind === kind)!;
  assertEquals(
    new Set(right.map(({ world }) => world)),
    new Set(["all", "mitosis", "vesicle-diffusion"]),
  );
  assertOk(of(right, "mitosis", "violations").errors_found! > 0.9);
  assertOk(of(right, "mitosis", "simulator").false_alarms! < 0.05);
  assertOk(reliabilityFigure(right).svg.includes(">vesicle diffusion<"));

  // The same judge turned round in one world is wrong there, and only there.
  const turned = verdicts.map((row) =>
    row.task === 5 && row.met !== null ? { ...row, met: !row.met } : row
  );
  const wrong = await runReliability(loaded, turned);
  assertOk(of(wrong, "mitosis", "violations").errors_found! < 0.1);
  assertOk(of(wrong, "mitosis", "simulator").false_alarms! > 0.95);
  assertEquals(
    of(wrong, "vesicle-diffusion", "all"),
    of(right, "vesicle-diffusion", "all"),
  );
  assertOk(reliabilityFigure(wrong).svg !== reliabilityFigure(right).svg);

  // Clips of a model whose truth nobody knows say nothing.
  const unknown = verdicts.map((row) => ({ ...row, model: "wan" }));
  assertEquals(await runReliability(loaded, unknown), []);
  await assertInputError(
    () => runReliability(loaded, [...verdicts, { ...verdicts[0], judge: "other" }]),
    "other",
    "one judge",
  );
  await assertInputError(() => calibrationByWorld(right, []), "0 worlds");
  await Deno.remove(folder, { recursive: true });
});
