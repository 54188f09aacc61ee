/** Sampling on onnxruntime beside PyTorch, with the same weights, noise and steps. */
import { join, resolve } from "node:path";
import { z } from "zod";
import { InputError } from "../../lib/errors.ts";
import { sampleLatents, SAMPLING } from "../../lib/models/nano/sample.ts";
import { openNetworks } from "../../lib/models/nano/networks.ts";
import { noiseOf } from "../../lib/models/flow_matching.ts";
import { readWeights, weightsSchema } from "../../lib/models/nano/weights.ts";
import { PROVIDERS, relativeDifference } from "../../lib/onnx/provider.ts";
import { PROJECT } from "../../lib/paths.ts";
import { median } from "../../lib/statistics.ts";
import { exists } from "../../lib/store/file.ts";
import { columns } from "../../lib/studies/calibration/text.ts";
import { main } from "../cli.ts";
import * as flag from "../flags.ts";
import { openPython } from "../train/python.ts";

const CAPTION = "A cell with a blue nucleus rounds up and divides into two equal daughters";
const SEED = 7;
const SECONDS_MOST = 3;
const FASTER_LEAST = 1.2;

const timingSchema = z.object({
  seconds: z.object({ sample: z.number(), decode: z.number() }),
  threads: z.int(),
});

type Timing = z.output<typeof timingSchema>["seconds"];

await main({
  name: "bench nano",
  summary: "Samples a clip on onnxruntime and with PyTorch, in turn.",
  details: "Both have the same weights, noise and steps, and what they sample is compared.\n" +
    "Needs the folder of a training, such as deno task train --smoke leaves: what weights hold\n" +
    "makes no difference to time.",
  flags: {
    folder: flag.text("DIR", "What deno task train left; .cache/nano-smoke by default."),
    models: {
      schema: z.string().default("nano,l-base").transform((list) => list.split(",")),
      value: "LIST",
      help: "Models of the folder.",
    },
    steps: flag.count("Sampling steps.", SAMPLING.steps),
    repeats: flag.count("Rounds after the first; the medians are compared.", 5),
    provider: {
      schema: z.enum(PROVIDERS, `expected ${PROVIDERS.join(" or ")}`).default("cpu"),
      value: "NAME",
      help: `Where ours computes: ${PROVIDERS.join(", ")}.`,
    },
    device: {
      schema: z.enum(["cpu", "cuda"], "expected cpu or cuda").default("cpu"),
      value: "NAME",
      help: "Where PyTorch computes: cpu or cuda.",
    },
  },
}, async ({ models, steps, repeats, provider, device, ...flags }, { progress, signal }) => {
  const folder = resolve(flags.folder ?? join(PROJECT.cache, "nano-smoke"));
  const exported = join(folder, "onnx");
  if (!await exists(join(exported, "models.json"))) {
    throw new InputError(`Found no models in ${exported}; make some with deno task train --smoke`);
  }
  const { models: sizes } = weightsSchema.parse(
    JSON.parse(await Deno.readTextFile(join(exported, "models.json"))),
  );
  const python = await openPython((line) => progress.note(line), signal);
  const work = await Deno.makeTempDir({ prefix: "bench-nano-" });
  const cells = [["model", "", "sampling s", "decoding s", "a clip s", "times as fast"]];
  const lines: string[] = [];
  try {
    for (const model of models) {
      const weights = await readWeights(exported, model);
      const networks = await openNetworks(weights, provider);
      const noise = noiseOf(SEED, weights.shape.latents.reduce((a, b) => a * b));
      await Deno.writeFile(join(work, "noise.f32"), new Uint8Array(noise.buffer));
      const [ours, theirs]: Timing[][] = [[], []];
      let off = 0;
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
        off = Math.max(off, relativeDifference(latents, new Float32Array(reference)));
      }
      await networks.close();
      const whole = (timings: Timing[]) => median(timings.map((t) => t.sample + t.decode));
      const ratio = whole(theirs) / whole(ours);
      cells.push(
        [model, `onnxruntime, ${provider}`, ...timesOf(ours), ratio.toFixed(2)],
        ["", `PyTorch, ${device}`, ...timesOf(theirs), ""],
      );
      lines.push(
        `${model}: sampled latents differ by ${off.toExponential(1)} of the largest; ` +
          `${ratio.toFixed(2)} times as fast (bar ${FASTER_LEAST}: ${said(ratio >= FASTER_LEAST)})`,
      );
      if (sizes[model].size === "s") {
        const seconds = whole(ours);
        lines.push(
          `${model}: ${seconds.toFixed(2)} s a clip (bar ${SECONDS_MOST}: ${
            said(seconds <= SECONDS_MOST)
          })`,
        );
      }
    }
  } finally {
    await Deno.remove(work, { recursive: true });
  }
  console.log(`\n${steps} steps with guidance; medians of ${repeats}\n`);
  console.log([...columns(cells), "", ...lines].join("\n"));
});

function timesOf(timings: readonly Timing[]): string[] {
  const of = (value: (timing: Timing) => number) => median(timings.map(value)).toFixed(3);
  return [of(({ sample }) => sample), of(({ decode }) => decode), of((t) => t.sample + t.decode)];
}

function said(reached: boolean): string {
  return reached ? "PASS" : "NOT REACHED";
}
