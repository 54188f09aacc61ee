/** Wan's transformer at full size on onnxruntime beside PyTorch, with the same random weights. */
import { join } from "node:path";
import { z } from "zod";
import { type AttentionKind, ATTENTIONS } from "../../lib/models/wan/transformer/attention.ts";
import { latentSize } from "../../lib/models/wan/sampling/clip_size.ts";
import { COMPUTES } from "../../lib/models/wan/transformer/compute.ts";
import { flopsOf } from "../../lib/models/wan/transformer/cost.ts";
import { TEXT_ROWS } from "../../lib/models/wan/transformer/dit_block.ts";
import { openTransformer } from "../../lib/models/wan/transformer/networks.ts";
import { PUBLISHED, shapesOf } from "../../lib/models/wan/checkpoint/published.ts";
import { checkpointOf } from "../../lib/models/wan/checkpoint/weights.ts";
import { noiseOf } from "../../lib/models/flow_matching.ts";
import { PROVIDERS, relativeDifference } from "../../lib/onnx/provider.ts";
import { readHeader } from "../../lib/onnx/safetensors.ts";
import { PROJECT } from "../../lib/paths.ts";
import { memory, resetPeak } from "../../lib/process_memory.ts";
import { median } from "../../lib/statistics.ts";
import { columns } from "../../lib/studies/calibration/text.ts";
import { main } from "../cli.ts";
import * as flag from "../flags.ts";
import { openPython } from "../train/python.ts";
import { size } from "../wan_flags.ts";
import { writeRandomWeights } from "./wan_weights.ts";

const TIMESTEP = 700;
const GIB = 2 ** 30;

const torchSchema = z.object({ seconds: z.array(z.number()), peak_bytes: z.number() });

/** What one way of computing took. */
interface Taken {
  way: string;
  ready_s: number | null;
  /** Private memory once ready, without what is mapped from files. */
  ready_gib: number | null;
  look_s: number;
  peak_gib: number | null;
  velocity: Float32Array;
}

await main({
  name: "bench wan",
  summary: "Times the transformer of Wan2.1 at full size, on onnxruntime and with PyTorch.",
  details: [
    "Weights are random, made once in .cache/bench/ (5.7 GB for 1.3B), and the same for all. A step",
    "with guidance is two looks at the clip. Of several looks the median counts, the first never.",
    "Peak memory is the process's own; on cuda and webgpu the device's, if nvidia-smi tells it.",
  ].join("\n"),
  flags: {
    model: {
      schema: z.enum(["1.3B", "14B"], "expected 1.3B or 14B").default("1.3B"),
      value: "NAME",
      help: "1.3B or 14B.",
    },
    size: { ...size, help: "Width, height and frames (default 256x256x17; Wan's is 832x480x81)." },
    attention: {
      schema: z.string().default(ATTENTIONS.join(","))
        .transform((list) => list.split(","))
        .pipe(z.array(z.enum(ATTENTIONS, `expected some of ${ATTENTIONS.join(",")}`))),
      value: "LIST",
      help: `How ours attends: ${ATTENTIONS.join(", ")}.`,
    },
    provider: {
      schema: z.enum(PROVIDERS, `expected ${PROVIDERS.join(" or ")}`).default("cpu"),
      value: "NAME",
      help: `Where ours computes: ${PROVIDERS.join(", ")}.`,
    },
    compute: {
      schema: z.enum(COMPUTES, `expected ${COMPUTES.join(", ")}`).default("f32"),
      value: "NAME",
      help: `What ours multiplies matrices in: ${COMPUTES.join(", ")}.`,
    },
    device: {
      schema: z.enum(["cpu", "cuda", "none"], "expected cpu, cuda or none").default("cpu"),
      value: "NAME",
      help: "Where PyTorch computes: cpu, cuda, none.",
    },
    dtype: {
      schema: z.enum(["float32", "bfloat16", "float16"], "expected float32, bfloat16 or float16")
        .default("float32"),
      value: "NAME",
      help: "What PyTorch computes in.",
    },
    repeats: flag.count("Looks that are counted.", 1),
    peak: {
      schema: z.string().transform(Number).pipe(z.number().positive()).optional(),
      value: "TFLOPS",
      help: "What the device could do, to tell the share of it.",
    },
  },
}, async ({ model, size, attention, provider, compute, device, dtype, repeats, peak }, session) => {
  const { progress, signal } = session;
  const config = PUBLISHED[model];
  const { width, height, frames } = size ?? { width: 256, height: 256, frames: 17 };
  const latents = latentSize({ width, height, frames });
  const file = join(PROJECT.cache, "bench", `wan-${model}.safetensors`);
  const writing = progress.step("weights", 0);
  await writeRandomWeights(file, shapesOf(config), (done, all) => writing.within(done / all, ""));
  writing.done(file);
  const values = config.inChannels * latents.frames * latents.height * latents.width;
  const inputs = { latents: noiseOf(1, values), text: noiseOf(2, TEXT_ROWS * config.textDim) };
  const taken: Taken[] = [];
  for (const kind of attention) {
    signal.throwIfAborted();
    taken.push(await ours(kind));
  }
  if (device !== "none") taken.push(await theirs());
  const flops = flopsOf(config, latents);
  const share = (seconds: number) =>
    peak === undefined ? "" : `${(flops / seconds / peak / 1e10).toFixed(1)}%`;
  const cell = (value: number | null) => value === null ? "" : value.toFixed(2);
  console.log(
    `\nWan2.1 ${model}, ${width}×${height}, ${frames} frames: ${(2 * flops / 1e12).toFixed(1)} ` +
      "TFLOP a step with guidance\n",
  );
  const wayward = taken.map(({ velocity }) => relativeDifference(velocity, taken[0].velocity));
  console.log(
    columns([
      ["", "ready s", "GiB", "a step s", "TFLOP/s", "of peak", "peak GiB", "differs by"],
      ...taken.map(({ way, ready_s, ready_gib, look_s, peak_gib }, i) => [
        ...[way, cell(ready_s), cell(ready_gib), (2 * look_s).toFixed(2)],
        ...[(flops / look_s / 1e12).toFixed(2), share(look_s), cell(peak_gib)],
        i === 0 ? "" : wayward[i].toExponential(1),
      ]),
    ]).join("\n"),
  );

  async function ours(kind: AttentionKind): Promise<Taken> {
    const before = memory("RssAnon");
    resetPeak();
    const began = performance.now();
    const tensors = new Map((await readHeader(file)).map((tensor) => [tensor.name, tensor]));
    const transformer = { weights: checkpointOf(file, tensors), config };
    const place = { provider, attention: kind, compute };
    const network = await openTransformer({ transformer }, latents, place);
    const ready_s = (performance.now() - began) / 1000;
    const ready = memory("RssAnon");
    const seconds: number[] = [];
    let velocity = new Float32Array() as Float32Array;
    for (let i = 0; i <= repeats; i++) {
      progress.note(`${kind} on ${provider}: look ${i} of ${repeats}`);
      const began = performance.now();
      velocity = await network.velocity(inputs.latents, TIMESTEP, inputs.text);
      seconds.push((performance.now() - began) / 1000);
    }
    const peak = provider === "cpu" ? memory("VmHWM") : await deviceMemory();
    await network.close();
    if (!velocity.every(Number.isFinite)) throw new Error(`${kind}: the velocity is not finite`);
    return {
      way: `onnxruntime, ${provider}, ${kind}, ${compute}`,
      ready_s,
      ready_gib: before === null || ready === null ? null : (ready - before) / GIB,
      look_s: median(seconds.slice(1)),
      peak_gib: peak === null ? null : peak / GIB,
      velocity,
    };
  }

  async function theirs(): Promise<Taken> {
    const python = await openPython((line) => progress.note(line), signal);
    const work = await Deno.makeTempDir({ prefix: "bench-wan-" });
    try {
      for (const [name, values] of Object.entries(inputs)) {
        await Deno.writeFile(join(work, `${name}.f32`), new Uint8Array(values.buffer));
      }
      const { heads, headDim, layers, ffnDim, textDim, freqDim } = config;
      const theirs = {
        ...{ num_attention_heads: heads, attention_head_dim: headDim, num_layers: layers },
        ...{ ffn_dim: ffnDim, text_dim: textDim, freq_dim: freqDim },
        ...{ in_channels: config.inChannels, out_channels: config.outChannels },
      };
      await Deno.writeTextFile(join(work, "config.json"), JSON.stringify(theirs));
      progress.note(`PyTorch on ${device}: ${repeats + 1} looks`);
      let found: z.infer<typeof torchSchema> | undefined;
      await python.run("../bench/wan_torch.py", [
        ...["--config", join(work, "config.json"), "--weights", file, "--in", work],
        ...["--size", [latents.frames, latents.height, latents.width].join(",")],
        ...["--timestep", String(TIMESTEP), "--device", device, "--dtype", dtype],
        ...["--repeats", String(repeats)],
      ], { report: (row) => void (found = torchSchema.parse(row)) });
      const velocity = new Float32Array((await Deno.readFile(join(work, "velocity.f32"))).buffer);
      return {
        way: `PyTorch, ${device}, ${dtype}`,
        ...{ ready_s: null, ready_gib: null, look_s: median(found!.seconds) },
        peak_gib: found!.peak_bytes / GIB,
        velocity,
      };
    } finally {
      await Deno.remove(work, { recursive: true });
    }
  }
});

/** Memory in use on the first GPU, in bytes, where there is nvidia-smi. */
async function deviceMemory(): Promise<number | null> {
  const query = ["--query-gpu=memory.used", "--format=csv,noheader,nounits", "--id=0"];
  try {
    const { stdout } = await new Deno.Command("nvidia-smi", { args: query }).output();
    return 2 ** 20 * Number(new TextDecoder().decode(stdout)) || null;
  } catch {
    return null;
  }
}
