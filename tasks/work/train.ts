/** The work of `deno task train`. */
import { join, resolve } from "node:path";
import { z } from "zod";
import { makeDataset } from "../../lib/dataset/simulated/dataset.ts";
import { planDataset, planMacroDataset } from "../../lib/dataset/simulated/plan.ts";
import { InputError } from "../../lib/errors.ts";
import { PROJECT } from "../../lib/paths.ts";
import { type TrainingReport, trainingTable } from "../../lib/records/training.ts";
import type { StepProgress } from "../../lib/runs/progress.ts";
import { DEFAULT_CLIP } from "../../lib/sim/default_clip.ts";
import { openCache } from "../../lib/store/cache.ts";
import { exists } from "../../lib/store/file.ts";
import { keyOf } from "../../lib/store/key.ts";
import type { WorkOf } from "../cli.ts";
import type { task } from "../train.ts";
import { isOurTable, takeFolder } from "./out_folder.ts";
import { openPython } from "../train/python.ts";
import { FULL, SMOKE, type Stage } from "../train/recipe.ts";

const reportSchema = z.object({
  stage: z.string(),
  step: z.int(),
  steps: z.int(),
  loss: z.number(),
  validation_loss: z.number().nullable(),
  learning_rate: z.number(),
  device: z.string(),
});

export const run: WorkOf<typeof task> = async (flags, { progress, signal }) => {
  const recipe = flags.smoke ? SMOKE : FULL;
  const out = resolve(flags.out ?? join(PROJECT.cache, flags.smoke ? "nano-smoke" : "nano"));
  const names = flags.stages ??
    recipe.stages.filter(({ optional }) => !optional).map(({ name }) => name);
  const unknown = names.filter((name) => !recipe.stages.some((stage) => stage.name === name));
  if (unknown.length > 0) {
    throw new InputError(
      `Unknown stage ${unknown.join(", ")}; expected ${
        recipe.stages.map(({ name }) => name).join(", ")
      }`,
    );
  }
  await takeFolder(out, "training", {
    isFormer: () => isOurTable(join(out, "macro", "clips.arrow")),
  });
  if (flags.export !== undefined) {
    const target = resolve(flags.export);
    const isFormer = () => isOurTable(join(target, "training.arrow"));
    await takeFolder(target, "models", { isFormer });
  }
  const python = await openPython((line) => progress.note(line), signal);
  const count = flags.clips ?? recipe.clips;
  for (const set of ["macro", "micro"] as const) {
    const plan = set === "macro" ? planMacroDataset(count) : planDataset(count);
    const step = progress.step(set, plan.length);
    const folder = join(out, set);
    const { made, cached } = await makeDataset(
      { plan, shape: DEFAULT_CLIP, folder, signal },
      step,
    );
    step.done(`${made} made, ${cached} cached`);
  }
  const weights = join(out, "weights");
  const table = await openCache(trainingTable, join(weights, "training.arrow"));
  for (const stage of recipe.stages.filter(({ name }) => names.includes(name))) {
    const steps = Math.max(1, Math.round(stage.steps * flags["scale-steps"]));
    const step = progress.step(stage.name, steps);
    let [done, last] = [0, ""];
    await python.run("train.py", flagsOf(stage, { steps, out, weights, seed: flags.seed }), {
      processes: flags.processes,
      async report(row) {
        const report: Omit<TrainingReport, "key"> = reportSchema.parse(row);
        await table.append([{ ...report, key: keyOf({ ...report }) }]);
        last = `loss ${report.loss.toFixed(4)}` +
          (report.validation_loss === null
            ? ""
            : `, validation ${report.validation_loss.toFixed(4)}`);
        done = tickTo(step, done, report.step, last);
      },
    });
    step.done(`${steps} steps${last && `, ${last}`}`);
  }
  await table.compact();
  const target = resolve(flags.export ?? join(out, "onnx"));
  const models: Stage[] = [];
  for (const stage of recipe.stages.filter((s) => s.what === "dit" && !s.draft)) {
    const wanted = !stage.optional || names.includes(stage.name);
    if (wanted && await exists(join(weights, `${stage.name}.pt`))) models.push(stage);
  }
  if (models.length === 0) {
    return console.log(`No models to export yet; weights are in ${weights}`);
  }
  const step = progress.step("export", 0);
  await python.run("export.py", [
    ...["--weights", weights, "--out", target, "--fps", String(DEFAULT_CLIP.fps)],
    ...["--models", models.map(({ name, size }) => `${name}:${size}`).join(",")],
  ]);
  await Deno.copyFile(join(weights, "training.arrow"), join(target, "training.arrow"));
  step.done(`${models.length} models`);
  console.log(`Exported to ${target}`);
};

/** Ticks the steps since the last report. */
function tickTo(step: StepProgress, from: number, to: number, note: string): number {
  for (let i = from; i < to; i++) step.tick(note);
  return Math.max(from, to);
}

function flagsOf(
  stage: Stage,
  { steps, out, weights, seed }: { steps: number; out: string; weights: string; seed: number },
): string[] {
  return [
    ...[stage.what, "--stage", stage.name, "--out", weights],
    ...stage.data.flatMap((set) => ["--data", join(out, set)]),
    ...["--steps", String(steps), "--batch", String(stage.batch), "--seed", String(seed)],
    ...["--learning-rate", String(stage.learningRate)],
    ...(stage.size ? ["--size", stage.size, "--vae", join(weights, "vae.pt")] : []),
    ...(stage.name === "vae" ? ["--scale"] : []),
    ...(stage.clips ? ["--clips", String(stage.clips)] : []),
    ...(stage.wordCorruption ? ["--word-corruption", String(stage.wordCorruption)] : []),
    ...(stage.from ? ["--from", join(weights, `${stage.from}.pt`)] : []),
  ];
}
