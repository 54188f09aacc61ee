/** Compares sampling on onnxruntime and PyTorch, with the same weights, noise and steps. */
import { join, resolve } from "node:path";
import { z } from "zod";
import { InputError } from "../../lib/errors.ts";
import { sampleLatents } from "../../lib/models/nano/sample.ts";
import { SAMPLING } from "../../lib/models/nano/sampling.ts";
import { openNetworks } from "../../lib/models/nano/networks.ts";
import { gaussianNoise } from "../../lib/models/flow_matching.ts";
import { readWeights, weightsSchema } from "../../lib/models/nano/weights.ts";
import { PROVIDERS, relativeDifference } from "../../lib/onnx/provider.ts";
import { PROJECT } from "../../lib/paths.ts";
import { median } from "../../lib/statistics.ts";
import { exists } from "../../lib/store/file.ts";
import { columns } from "../../lib/columns.ts";
import { count, text } from "../../lib/options.ts";
import { defineTask, main } from "../cli.ts";
import { openPython } from "../train/python.ts";

const CAPTION = "A cell with a blue nucleus rounds up and divides into two equal daughters";
const SEED = 7;
const MAX_SECONDS = 3;
const MIN_SPEEDUP = 1.2;

const timingSchema = z.object({
  seconds: z.object({ sample: z.number(), decode: z.number() }),
  threads: z.int(),
});

type Timing = z.output<typeof timingSchema>["seconds"];

await main(
  defineTask({
    name: "bench nano",
    summary: "Samples a clip with onnxruntime and PyTorch, in turn.",
    details: "Both use the same weights, noise and steps, and their latents are compared.\n" +
      "Needs the folder of a training run, such as that of deno task train --smoke: the weights\n" +
      "make no difference to the time.",
    flags: {
      folder: text("DIR", "Folder of deno task train; .cache/nano-smoke by default."),
      models: z.string().default("nano,l-base").transform((list) => list.split(",")).meta({
        value: "LIST",
        help: "Models in the folder.",
      }),
      steps: count("Sampling steps.", SAMPLING.steps),
      repeats: count("Rounds after a warm-up; medians are compared.", 5),
      provider: z.enum(PROVIDERS, `expected ${PROVIDERS.join(" or ")}`).default("cpu").meta({
        value: "NAME",
        help: `Provider of onnxruntime: ${PROVIDERS.join(", ")}.`,
      }),
      device: z.enum(["cpu", "cuda"], "expected cpu or cuda").default("cpu").meta({
        value: "NAME",
        help: "Device of PyTorch: cpu or cuda.",
      }),
    },
  }),
  async ({ models, steps, repeats, provider, device, ...flags }, { progress, signal }) => {
    const folder = resolve(flags.folder ?? join(PROJECT.cache, "nano-smoke"));
    const exported = join(folder, "onnx");
    if (!await exists(join(exported, "models.json"))) {
      throw new InputError(
        `Found no models in ${exported}; train some with deno task train --smoke`,
      );
    }
    const { models: sizes } = weightsSchema.parse(
      JSON.parse(await Deno.readTextFile(join(exported, "models.json"))),
    );
    const python = await openPython((line) => progress.note(line), signal);
    const work = await Deno.makeTempDir({ prefix: "bench-nano-" });
    const cells = [["model", "", "sampling s", "decoding s", "total s", "speedup"]];
    const lines: string[] = [];
    try {
      for (const model of models) {
        const weights = await readWeights(exported, model);
        const networks = await openNetworks(weights, provider);
        const noise = gaussianNoise(SEED, weights.shape.latents.reduce((a, b) => a * b));
        await Deno.writeFile(join(work, "noise.f32"), new Uint8Array(noise.buffer));
        const [ours, theirs]: Timing[][] = [[], []];
        let difference = 0;
        for (let i = 0; i <= repeats; i++) {
          progress.note(`${model}: round ${i} of ${repeats}`);
          const began = performance.now();
          const sampling = { ...SAMPLING, steps };
          const latents = await sampleLatents(networks, weights, CAPTION, [SEED], sampling);
          const sampled = performance.now();
          await networks.decode(latents);
          const decode = (performance.now() - sampled) / 1000;
          if (i > 0) ours.push({ sample: (sampled - began) / 1000, decode });
          await python.run("sample.py", [
            ...["--weights", join(folder, "weights"), "--model", model, "--out", work],
            ...["--size", sizes[model].size, "--noise", join(work, "noise.f32")],
            ...["--caption", CAPTION, "--steps", String(steps), "--repeats", "2"],
            ...["--threads", String(navigator.hardwareConcurrency), "--device", device],
          ], {
            report: (row) => {
              if (i > 0) theirs.push(timingSchema.parse(row).seconds);
            },
          });
          const reference = (await Deno.readFile(join(work, "latents.f32"))).buffer;
          difference = Math.max(
            difference,
            relativeDifference(latents, new Float32Array(reference)),
          );
        }
        await networks.close();
        const total = (timings: Timing[]) => median(timings.map((t) => t.sample + t.decode));
        const speedup = total(theirs) / total(ours);
        cells.push(
          [model, `onnxruntime, ${provider}`, ...formatTimings(ours), speedup.toFixed(2)],
          ["", `PyTorch, ${device}`, ...formatTimings(theirs), ""],
        );
        lines.push(
          `${model}: latents differ by ${
            difference.toExponential(1)
          } of the largest value; speedup ` +
            `${speedup.toFixed(2)} (target ${MIN_SPEEDUP}: ${outcome(speedup >= MIN_SPEEDUP)})`,
        );
        if (sizes[model].size === "s") {
          const seconds = total(ours);
          lines.push(
            `${model}: ${seconds.toFixed(2)} s per clip ` +
              `(target ${MAX_SECONDS}: ${outcome(seconds <= MAX_SECONDS)})`,
          );
        }
      }
    } finally {
      await Deno.remove(work, { recursive: true });
    }
    console.log(`\n${steps} steps with guidance; medians of ${repeats} rounds\n`);
    console.log([...columns(cells), "", ...lines].join("\n"));
  },
);

function formatTimings(timings: readonly Timing[]): string[] {
  const of = (value: (timing: Timing) => number) => median(timings.map(value)).toFixed(3);
  return [of(({ sample }) => sample), of(({ decode }) => decode), of((t) => t.sample + t.decode)];
}

function outcome(reached: boolean): string {
  return reached ? "PASS" : "NOT REACHED";
}
