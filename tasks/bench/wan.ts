/** Compares Wan's transformer at full size on onnxruntime and PyTorch, with equal random weights. */
import { join } from "node:path";
import { z } from "zod";
import { type AttentionKind, ATTENTIONS } from "../../lib/models/wan/transformer/attention.ts";
import { sizeOption } from "../../lib/models/clip_size.ts";
import { latentSize } from "../../lib/models/wan/sampling/clip_size.ts";
import { COMPUTE_DTYPES } from "../../lib/models/wan/settings.ts";
import { flopsOf } from "../../lib/models/wan/transformer/cost.ts";
import { TEXT_ROWS } from "../../lib/models/wan/transformer/dit_block.ts";
import { openTransformer } from "../../lib/models/wan/transformer/networks.ts";
import { PUBLISHED, shapesOf } from "../../lib/models/wan/checkpoint/published.ts";
import { checkpointOf } from "../../lib/models/wan/checkpoint/weights.ts";
import { gaussianNoise } from "../../lib/models/flow_matching.ts";
import { PROVIDERS, relativeDifference } from "../../lib/onnx/provider.ts";
import { readHeader } from "../../lib/onnx/safetensors.ts";
import { PROJECT } from "../../lib/paths.ts";
import { memory, resetPeak } from "../../lib/process_memory.ts";
import { median } from "../../lib/statistics.ts";
import { columns } from "../../lib/columns.ts";
import { count } from "../../lib/options.ts";
import { defineTask, main } from "../cli.ts";
import { openPython } from "../train/python.ts";
import { writeRandomWeights } from "./wan_weights.ts";

const TIMESTEP = 700;
const GIB = 2 ** 30;

const torchSchema = z.object({ seconds: z.array(z.number()), peak_bytes: z.number() });

/** Time and memory of one implementation. */
interface Measurement {
  name: string;
  load_s: number | null;
  /** Private memory after loading, without memory-mapped files. */
  load_gib: number | null;
  /** Seconds per network evaluation. */
  evaluation_s: number;
  peak_gib: number | null;
  velocity: Float32Array;
}

await main(
  defineTask({
    name: "bench wan",
    summary: "Times Wan2.1's transformer at full size, on onnxruntime and PyTorch.",
    details: [
      "Weights are random, written once to .cache/bench/ (5.7 GB for 1.3B). A step with guidance takes",
      "two network evaluations (NFE). The first evaluation is a warm-up; the median of the others counts.",
      "Peak memory is the process's; on cuda and webgpu it is the device's, if nvidia-smi is available.",
    ].join("\n"),
    flags: {
      model: z.enum(["1.3B", "14B"], "expected 1.3B or 14B").default("1.3B").meta({
        value: "NAME",
        help: "1.3B or 14B.",
      }),
      size: sizeOption({ width: 256, height: 256, frames: 17 }, {
        sides: [16, 4096],
        frames: [1, 1001],
      }),
      attention: z.string().default(ATTENTIONS.join(","))
        .transform((list) => list.split(","))
        .pipe(z.array(z.enum(ATTENTIONS, `expected some of ${ATTENTIONS.join(",")}`))).meta({
          value: "LIST",
          help: `Attention of onnxruntime: ${ATTENTIONS.join(", ")}.`,
        }),
      provider: z.enum(PROVIDERS, `expected ${PROVIDERS.join(" or ")}`).default("cpu").meta({
        value: "NAME",
        help: `Provider of onnxruntime: ${PROVIDERS.join(", ")}.`,
      }),
      dtype: z.enum(COMPUTE_DTYPES, `expected ${COMPUTE_DTYPES.join(", ")}`).default("f32").meta({
        value: "NAME",
        help: `Dtype of onnxruntime's matrix products: ${COMPUTE_DTYPES.join(", ")}.`,
      }),
      device: z.enum(["cpu", "cuda", "none"], "expected cpu, cuda or none").default("cpu").meta({
        value: "NAME",
        help: "Device of PyTorch: cpu, cuda, none.",
      }),
      "torch-dtype": z.enum(
        ["float32", "bfloat16", "float16"],
        "expected float32, bfloat16 or float16",
      )
        .default("float32").meta({ value: "NAME", help: "Dtype of PyTorch." }),
      repeats: count("Network evaluations after the warm-up.", 1),
      peak: z.string().transform(Number).pipe(z.number().positive()).optional().meta({
        value: "TFLOPS",
        help: "Peak throughput of the device, to report the share reached.",
      }),
    },
  }),
  async (flags, { progress, signal }) => {
    const { model, size, attention, provider, dtype, device, repeats, peak } = flags;
    const config = PUBLISHED[model];
    const { width, height, frames } = size ?? { width: 256, height: 256, frames: 17 };
    const latents = latentSize({ width, height, frames });
    const file = join(PROJECT.cache, "bench", `wan-${model}.safetensors`);
    const writing = progress.step("weights", 0);
    await writeRandomWeights(file, shapesOf(config), (done, all) => writing.within(done / all, ""));
    writing.done(file);
    const values = config.inChannels * latents.frames * latents.height * latents.width;
    const inputs = {
      latents: gaussianNoise(1, values),
      text: gaussianNoise(2, TEXT_ROWS * config.textDim),
    };
    const measured: Measurement[] = [];
    for (const kind of attention) {
      signal.throwIfAborted();
      measured.push(await ours(kind));
    }
    if (device !== "none") measured.push(await theirs());
    const flops = flopsOf(config, latents);
    const share = (seconds: number) =>
      peak === undefined ? "" : `${(flops / seconds / peak / 1e10).toFixed(1)}%`;
    const cell = (value: number | null) => value === null ? "" : value.toFixed(2);
    console.log(
      `\nWan2.1 ${model}, ${width}×${height}, ${frames} frames: ${(2 * flops / 1e12).toFixed(1)} ` +
        "TFLOP per step with guidance\n",
    );
    const differences = measured.map(({ velocity }) =>
      relativeDifference(velocity, measured[0].velocity)
    );
    console.log(
      columns([
        ["", "load s", "load GiB", "step s", "TFLOP/s", "of peak", "peak GiB", "difference"],
        ...measured.map(({ name, load_s, load_gib, evaluation_s, peak_gib }, i) => [
          ...[name, cell(load_s), cell(load_gib), (2 * evaluation_s).toFixed(2)],
          ...[(flops / evaluation_s / 1e12).toFixed(2), share(evaluation_s), cell(peak_gib)],
          i === 0 ? "" : differences[i].toExponential(1),
        ]),
      ]).join("\n"),
    );

    async function ours(kind: AttentionKind): Promise<Measurement> {
      const before = memory("RssAnon");
      resetPeak();
      const began = performance.now();
      const tensors = new Map((await readHeader(file)).map((tensor) => [tensor.name, tensor]));
      const transformer = { weights: checkpointOf(file, tensors), config };
      const backend = { provider, attention: kind, dtype };
      const network = await openTransformer({ transformer }, latents, backend);
      const load_s = (performance.now() - began) / 1000;
      const after = memory("RssAnon");
      const seconds: number[] = [];
      let velocity = new Float32Array() as Float32Array;
      for (let i = 0; i <= repeats; i++) {
        progress.note(`${kind} on ${provider}: evaluation ${i} of ${repeats}`);
        const began = performance.now();
        velocity = await network.velocity(inputs.latents, TIMESTEP, inputs.text);
        seconds.push((performance.now() - began) / 1000);
      }
      const peak = provider === "cpu" ? memory("VmHWM") : await deviceMemory();
      await network.close();
      if (!velocity.every(Number.isFinite)) throw new Error(`${kind}: the velocity is not finite`);
      return {
        name: `onnxruntime, ${provider}, ${kind}, ${dtype}`,
        load_s,
        load_gib: before === null || after === null ? null : (after - before) / GIB,
        evaluation_s: median(seconds.slice(1)),
        peak_gib: peak === null ? null : peak / GIB,
        velocity,
      };
    }

    async function theirs(): Promise<Measurement> {
      const python = await openPython((line) => progress.note(line), signal);
      const work = await Deno.makeTempDir({ prefix: "bench-wan-" });
      try {
        for (const [name, values] of Object.entries(inputs)) {
          await Deno.writeFile(join(work, `${name}.f32`), new Uint8Array(values.buffer));
        }
        const { heads, headDim, layers, ffnDim, textDim, freqDim } = config;
        const diffusersConfig = {
          ...{ num_attention_heads: heads, attention_head_dim: headDim, num_layers: layers },
          ...{ ffn_dim: ffnDim, text_dim: textDim, freq_dim: freqDim },
          ...{ in_channels: config.inChannels, out_channels: config.outChannels },
        };
        await Deno.writeTextFile(join(work, "config.json"), JSON.stringify(diffusersConfig));
        progress.note(`PyTorch on ${device}: ${repeats + 1} evaluations`);
        let found: z.infer<typeof torchSchema> | undefined;
        await python.run("../bench/wan_torch.py", [
          ...["--config", join(work, "config.json"), "--weights", file, "--in", work],
          ...["--size", [latents.frames, latents.height, latents.width].join(",")],
          ...["--timestep", String(TIMESTEP), "--device", device, "--dtype", flags["torch-dtype"]],
          ...["--repeats", String(repeats)],
        ], { report: (row) => void (found = torchSchema.parse(row)) });
        const velocity = new Float32Array((await Deno.readFile(join(work, "velocity.f32"))).buffer);
        return {
          name: `PyTorch, ${device}, ${flags["torch-dtype"]}`,
          ...{ load_s: null, load_gib: null, evaluation_s: median(found!.seconds) },
          peak_gib: found!.peak_bytes / GIB,
          velocity,
        };
      } finally {
        await Deno.remove(work, { recursive: true });
      }
    }
  },
);

/** Memory in use on the first GPU, in bytes; null without nvidia-smi. */
async function deviceMemory(): Promise<number | null> {
  const query = ["--query-gpu=memory.used", "--format=csv,noheader,nounits", "--id=0"];
  try {
    const { stdout } = await new Deno.Command("nvidia-smi", { args: query }).output();
    return 2 ** 20 * Number(new TextDecoder().decode(stdout)) || null;
  } catch {
    return null;
  }
}
