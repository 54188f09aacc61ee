/** Prompt to clip compared with Diffusers, and the model as tasks use it. */
import { join } from "node:path";
import type { Task } from "../../records/task.ts";
import { relativeDifference } from "../../onnx/provider.ts";
import { hasSwiftShader, onSwiftShader } from "../../testing/onnx/swiftshader.ts";
import { assertEquals, assertInputError, assertOk } from "../../testing/assert.ts";
import { inFolder } from "../../testing/folder.ts";
import { expected, PIPELINE, sampled } from "../../testing/wan/pipeline.ts";
import { rgbOf } from "./vae/decode.ts";
import { MICROVERSE_TILING } from "./vae/vae_tiles.ts";
import { fixture } from "../../testing/wan/fixtures.ts";
import { describeWan } from "./checkpoint/describe.ts";
import { openWan, type WanOpened } from "./wan.ts";

const references = await fixture("pipeline", ["dit", "tokenizer", "umt5", "vae"]);
const skip = { ignore: references.folder === null };
const folder = references.folder ?? "";
const values = references.folder === null
  ? new Map<string, Float32Array>()
  : await expected(folder);

/** Tolerance of finished latents and frames. */
const TOLERANCE = 1e-3;

const CASES = [
  { layout: "diffusers", solver: "euler", lora: false, attention: "fused" },
  { layout: "diffusers", solver: "unipc", lora: false, attention: "chunked" },
  { layout: "diffusers", solver: "euler", lora: true, attention: "chunked" },
  { layout: "original", solver: "euler", lora: false, attention: "chunked" },
  { layout: "original", solver: "euler", lora: true, attention: "fused" },
] as const;

for (const given of CASES) {
  const name = given.lora ? "lora" : given.solver;
  Deno.test({
    ...skip,
    name: `a clip matches the reference: ${Object.values(given).join(", ")}`,
    async fn() {
      const { latents, frames } = await sampled(folder, { ...given, provider: "cpu" });
      assertOk(relativeDifference(latents, values.get(name)!) < TOLERANCE);
      assertOk(relativeDifference(frames, values.get(`${name}.frames`)!) < TOLERANCE);
      assertOk(relativeDifference(values.get("euler")!, values.get("lora")!) > 0.1);
    },
  });
}

const task: Task = {
  ...{ benchmark: "release", task: 7, scale: "cell", prompt: PIPELINE.prompt } as const,
  ...{ requirement: "", source: "" },
};

Deno.test({
  ...skip,
  name: "the Worker generates the same clip, reproducibly, and stops when aborted",
  async fn() {
    const opened: WanOpened[] = [];
    const { clip: size, negativePrompt, sampling, shifts } = PIPELINE;
    using wan = await openWan({
      ...{ folder: join(folder, "original"), lora: join(folder, "lora.safetensors") },
      ...{ provider: "cpu", size, negativePrompt } as const,
      sampling: { ...sampling, shift: shifts.euler },
      onOpen: (one) => opened.push(one),
    });
    assertEquals(wan.name, "original+lora");
    await wan.prepare([task]);
    const video = await wan.generate(task, { seed: PIPELINE.seed });
    const { width, height, frames: count } = PIPELINE.clip;
    assertEquals([video.width, video.height, video.frames.length], [width, height, count]);
    assertEquals([wan.device, opened.length], ["cpu", 1]);
    // What imageio's `quality=5` gives x264, as the released script saves its clips.
    assertEquals(wan.crf, 25);
    const plane = width * height;
    const reference = values.get("lora.frames")!;
    video.frames.forEach((frame, t) => {
      const one = new Float32Array(3 * plane);
      for (let c = 0; c < 3; c++) {
        one.set(
          reference.subarray((c * count + t) * plane, (c * count + t + 1) * plane),
          c * plane,
        );
      }
      const wanted = rgbOf(one);
      assertOk(frame.every((value, i) => Math.abs(value - wanted[i]) <= 1), `frame ${t}`);
    });
    assertEquals(await wan.generate(task, { seed: PIPELINE.seed }), video);
    const stop = new AbortController();
    const pending = wan.generate(task, { seed: 1, signal: stop.signal });
    stop.abort(new Error("stopped by hand"));
    assertEquals(await pending.then(() => "done", (error) => error.message), "stopped by hand");
  },
});

Deno.test({
  ...skip,
  name: "the Worker decodes what is larger than a tile in the released tiles",
  async fn() {
    const { negativePrompt, sampling, shifts, seed } = PIPELINE;
    using wan = await openWan({
      ...{ folder: join(folder, "original"), provider: "cpu", negativePrompt } as const,
      ...{ size: { width: 8 * 54, height: 8 * 32, frames: 1 } },
      sampling: { ...sampling, shift: shifts.euler },
    });
    const { frames: [found] } = await wan.generate(task, { seed });
    const size = { frames: 1, height: 32, width: 54 };
    const given = { layout: "original", solver: "euler", lora: false } as const;
    const how = { ...given, ...{ provider: "cpu", attention: "fused" } as const };
    const tiled = await sampled(folder, { ...how, size, tiling: MICROVERSE_TILING });
    const whole = await sampled(folder, { ...how, size });
    const isFound = (frames: Float32Array) =>
      rgbOf(frames).every((value, i) => Math.abs(value - found[i]) <= 1);
    assertOk(isFound(tiled.frames));
    assertOk(!isFound(whole.frames));
  },
});

Deno.test({
  ...skip,
  name:
    "another strength of the same LoRA, in the file beside it, makes other clips under other keys",
  fn: () =>
    inFolder(async (parent) => {
      const lora = join(parent, "adapter_model.safetensors");
      await Deno.copyFile(join(folder, "lora.safetensors"), lora);
      const made: [frames: Uint8Array[], fingerprint: string, text?: string][] = [];
      for (const alpha of [4, 8]) {
        const config = { peft_type: "LORA", r: 4, lora_alpha: alpha };
        await Deno.writeTextFile(join(parent, "adapter_config.json"), JSON.stringify(config));
        let text: string | undefined;
        using wan = await openWan({
          ...{ folder: join(folder, "original"), lora: parent, provider: "cpu" },
          ...{ size: PIPELINE.clip, sampling: { steps: 1, guidance: 1 } },
          onOpen: (opened) => text = opened.lora,
        });
        const { frames } = await wan.generate(task, { seed: 1 });
        made.push([frames, await wan.fingerprint(task), text]);
      }
      const [[once, key, text], [twice, otherKey, otherText]] = made;
      assertOk(key !== otherKey);
      assertOk(once.some((frame, t) => frame.some((value, i) => value !== twice[t][i])));
      assertOk(text?.endsWith(`strength 1 by ${join(parent, "adapter_config.json")}`), text);
      assertOk(otherText?.includes("20 layers of rank 4, strength 2 by"), otherText);
    }),
});

Deno.test({
  ...skip,
  name: "an unsupported size and another model's LoRA are rejected",
  async fn() {
    const model = { folder: join(folder, "diffusers") };
    const size = { width: 50, height: 64, frames: 9 };
    await assertInputError(() => openWan({ ...model, size }), "50×64, 9 frames", "16");
    await assertInputError(
      () => openWan({ ...model, size: { ...size, width: 48, frames: 8 } }),
      "8 frames",
      "multiple of 4",
    );
    const lora = join(folder, "diffusers", "vae", "diffusion_pytorch_model.safetensors");
    await assertInputError(() => openWan({ ...model, lora }), lora);
    // What describes a model does not pass over it, either.
    await assertInputError(() => describeWan(model.folder, undefined, lora), lora);
    const lines = await describeWan(model.folder, undefined, join(folder, "lora.safetensors"));
    assertOk(
      lines.some((line) => line.includes("lora.safetensors: 20 layers of rank 4, strength 1")),
    );
  },
});

const webgpu = await hasSwiftShader("Wan on WebGPU");

Deno.test({
  ignore: skip.ignore || !webgpu,
  name: "WebGPU matches the reference: a clip, and the latents of the other layout with a LoRA",
  async fn() {
    const file = (name: string) => new URL(name, import.meta.url).href;
    const script = `
      import { relativeDifference } from "${file("../../onnx/provider.ts")}";
      import { expected, sampled } from "${file("../../testing/wan/pipeline.ts")}";
      const [folder] = Deno.args;
      const values = await expected(folder);
      const backend = { solver: "euler", provider: "webgpu", attention: "chunked" };
      const whole = await sampled(folder, { layout: "diffusers", lora: false, ...backend });
      console.log(relativeDifference(whole.latents, values.get("euler")));
      console.log(relativeDifference(whole.frames, values.get("euler.frames")));
      const other = { layout: "original", lora: true, decoded: false };
      const { latents } = await sampled(folder, { ...other, ...backend });
      console.log(relativeDifference(latents, values.get("lora")));
      Deno.exit(0);
    `;
    const { output, error } = await onSwiftShader(script, [folder]);
    const differences = output.split("\n");
    assertEquals(differences.length, 3, error);
    for (const difference of differences) assertOk(Number(difference) < TOLERANCE, output);
  },
});
