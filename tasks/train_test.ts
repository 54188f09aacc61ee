/** A small end-to-end training: clips, two steps of every stage, export, sampling, judging. */
import { join } from "node:path";
import { gaussianNoise } from "../lib/models/flow_matching.ts";
import { openNano } from "../lib/models/nano/nano.ts";
import { openNetworks } from "../lib/models/nano/networks.ts";
import { sampleLatents } from "../lib/models/nano/sample.ts";
import { SAMPLING } from "../lib/models/nano/sampling.ts";
import { readWeights } from "../lib/models/nano/weights.ts";
import { relativeDifference } from "../lib/onnx/provider.ts";
import { PROJECT, runPaths } from "../lib/paths.ts";
import { ensurePython } from "../lib/pyenv/python.ts";
import { TRAINING } from "../lib/pyenv/requirements.ts";
import { clipsTable } from "../lib/records/clip.ts";
import { trainingTable } from "../lib/records/training.ts";
import { verdictsTable } from "../lib/records/verdict.ts";
import { readTable } from "../lib/store/table.ts";
import { assertEquals, assertInputError, assertOk } from "../lib/testing/assert.ts";
import { hasSwiftShader, onSwiftShader } from "../lib/testing/onnx/swiftshader.ts";
import { spawnTask } from "../lib/testing/tasks.ts";
import { SMOKE } from "./train/recipe.ts";

const python = await ensurePython(PROJECT.cache, TRAINING);
if (python.path === null) console.warn(`SKIPPED: training, which needs Python: ${python.reason}`);
const skip = { ignore: python.path === null };

const out = await Deno.makeTempDir({ prefix: "train-" });
const exported = join(out, "onnx");
const caption = "A cell with a blue nucleus divides in two";

async function run(task: string, flags: string[]): Promise<{ code: number; stderr: string }> {
  const { code, stderr } = await (await spawnTask(task, flags)).output();
  return { code, stderr: new TextDecoder().decode(stderr) };
}

/** Latents sampled in a few steps on a provider. */
async function sampled(provider: "cpu" | "webgpu", seed: number): Promise<Float32Array> {
  const weights = await readWeights(exported, "nano");
  const networks = await openNetworks(weights, provider);
  const sampling = { ...SAMPLING, steps: 3 };
  const latents = await sampleLatents(networks, weights, caption, [seed], sampling);
  await networks.close();
  return latents;
}

Deno.test({
  ...skip,
  name: "two steps of every stage train and export, and the model's clips are judged",
  async fn() {
    const trained = await run("train", ["--smoke", "--out", out]);
    assertEquals(trained.code, 0, trained.stderr);
    const reports = await readTable(trainingTable, join(exported, "training.arrow"));
    assertEquals(new Set(reports.map(({ stage }) => stage)).size, SMOKE.stages.length);
    assertOk(reports.every(({ loss }) => Number.isFinite(loss) && loss > 0));
    const folder = join(out, "run");
    const generated = await run("generate", [
      ...["--run", folder, "--tasks", "5", "--seeds", "0"],
      ...["--model", `trained:${exported}/nano`, "--steps", "2"],
    ]);
    assertEquals(generated.code, 0, generated.stderr);
    const clips = await readTable(clipsTable, runPaths(folder).table("clips"));
    assertEquals(clips.map(({ model, steps, device, frames }) => [model, steps, device, frames]), [
      ["nano", 2, "cpu", 33],
    ]);
    const judged = await run("judge", ["--run", folder]);
    assertEquals(judged.code, 0, judged.stderr);
    const verdicts = await readTable(verdictsTable, runPaths(folder).table("verdicts"));
    assertEquals(verdicts.length, 15);
    // A finished stage is not trained again.
    const again = await run("train", ["--smoke", "--out", out, "--stages", "vae"]);
    assertEquals(again.code, 0, again.stderr);
  },
});

Deno.test({
  ...skip,
  name: "exported networks sample like PyTorch from the same noise",
  async fn() {
    const noise = gaussianNoise(7, 16 * 5 * 16 * 16);
    await Deno.writeFile(join(out, "noise.f32"), new Uint8Array(noise.buffer));
    const { success, stderr } = await new Deno.Command(python.path!, {
      args: [
        join(PROJECT.root, "tasks", "train", "sample.py"),
        ...["--weights", join(out, "weights"), "--model", "nano", "--size", "s", "--steps", "3"],
        ...["--noise", join(out, "noise.f32"), "--caption", caption, "--out", out],
      ],
    }).output();
    assertOk(success, new TextDecoder().decode(stderr));
    const reference = new Float32Array((await Deno.readFile(join(out, "latents.f32"))).buffer);
    const ours = await sampled("cpu", 7);
    assertOk(relativeDifference(ours, reference) < 1e-3);
    assertEquals(await sampled("cpu", 7), ours);
    assertOk(relativeDifference(await sampled("cpu", 8), reference) > 0.1);
  },
});

const webgpu = await hasSwiftShader("WebGPU against the CPU");

Deno.test({
  ignore: skip.ignore || !webgpu,
  name: "WebGPU samples like the CPU",
  async fn() {
    const file = (path: string) => new URL(`../lib/${path}`, import.meta.url).href;
    const script = `
      import { denoise, gaussianNoise, shiftedTimesteps } from "${file("models/flow_matching.ts")}";
      import { readWeights } from "${file("models/nano/weights.ts")}";
      import { relativeDifference } from "${file("onnx/provider.ts")}";
      import { openNetwork } from "${file("onnx/session.ts")}";
      const { shape, networks: { velocity } } = await readWeights(Deno.args[0], "nano");
      const text = { type: "float32", data: gaussianNoise(1, 2 * 5 * 192), dims: [2, 5, 192] };
      const guidance = { type: "float32", data: Float32Array.of(3), dims: [] };
      const results = [];
      for (const provider of ["cpu", "webgpu"]) {
        const network = await openNetwork(velocity.bytes, velocity.file, provider);
        const predict = async (data, time) => (await network.run({
          latents: { type: "float32", data, dims: [1, ...shape.latents] },
          time: { type: "float32", data: Float32Array.of(time), dims: [1] },
          text,
          guidance,
        })).velocity;
        const noise = gaussianNoise(2, shape.latents.reduce((a, b) => a * b));
        for await (const step of denoise(noise, shiftedTimesteps(2, 3), "adams", predict)) {
          if (step.time === 0) results.push(step.latents);
        }
      }
      console.log(relativeDifference(results[1], results[0]));
      Deno.exit(0);
    `;
    const { output, error } = await onSwiftShader(script, [exported]);
    assertOk(output !== "" && Number(output) < 1e-3, output + error);
  },
});

Deno.test({
  ...skip,
  name: "missing, truncated and changed weights, and unusual sizes and captions",
  async fn() {
    const broken = await Deno.makeTempDir({ prefix: "weights-" });
    const open = async (folder: string) => {
      using nano = await openNano({ folder, model: "nano" });
      return await nano.open();
    };
    await assertInputError(() => open(broken), "models.json");
    for await (const { name } of Deno.readDir(exported)) {
      await Deno.copyFile(join(exported, name), join(broken, name));
    }
    await assertInputError(
      () => openNano({ folder: broken, model: "wan" }),
      "wan",
      "nano",
      "s-base",
    );
    const file = join(broken, "nano.onnx");
    const { size } = await Deno.stat(file);
    await Deno.truncate(file, 1000);
    await assertInputError(() => open(broken), "nano.onnx", "1000 bytes", `${size} bytes`);
    await Deno.truncate(file, size);
    await assertInputError(() => open(broken), "nano.onnx", "SHA-256");
    await Deno.remove(file);
    await assertInputError(() => open(broken), "nano.onnx");
    const large = { width: 832, height: 480, frames: 81 };
    await assertInputError(
      () => openNano({ folder: exported, model: "nano", size: large }),
      "832×480, 81 frames",
      "128×128, 33 frames",
    );
    await Deno.remove(broken, { recursive: true });

    using nano = await openNano({ folder: exported, model: "nano", sampling: { steps: 1 } });
    const task = {
      benchmark: "mini",
      task: 1,
      scale: "cell",
      requirement: "",
      source: "",
    } as const;
    const clipOf = (prompt: string) => nano.generate({ ...task, prompt }, { seed: 1 });
    const together = await nano.generateAll({ ...task, prompt: "" }, { seeds: [1, 2] });
    assertEquals(together[0].frames, (await clipOf("")).frames);
    const empty = await clipOf("");
    assertEquals(empty.frames.length, 33);
    const long = "cell ".repeat(10_000);
    // Long captions are truncated to 80 words.
    assertEquals((await clipOf(long)).frames, (await clipOf("cell ".repeat(80))).frames);
    const stopped = new AbortController();
    const pending = nano.generate({ ...task, prompt: "" }, { seed: 2, signal: stopped.signal });
    stopped.abort(new Error("stopped"));
    assertEquals(await pending.then(() => "done", (error) => error.message), "stopped");
  },
});

Deno.test.afterAll(() => Deno.remove(out, { recursive: true }));
