/** Wan2.1 and MicroVerse from published weights: a prompt in, a clip out. */
import { basename } from "node:path";
import { codeVersion } from "../../code_version.ts";
import type { Choice, Provider } from "../../onnx/provider.ts";
import type { Video } from "../../video/types.ts";
import type { Generator } from "../generator.ts";
import { openNetworkWorker } from "../network_worker.ts";
import type { AttentionKind } from "./transformer/attention.ts";
import { type ComputeDtype, MICROVERSE_SAMPLING, WAN_CLIP, type WanSampling } from "./settings.ts";
import { latentSize } from "./sampling/clip_size.ts";
import type { ClipSize } from "../clip_size.ts";
import { flopsOf, weightBytes } from "./transformer/cost.ts";
import type { LatentSize } from "./transformer/dit.ts";
import { openWanFolder, type WanFolder, wholeWanFolder } from "./checkpoint/folder.ts";
import { identityOf } from "./checkpoint/identity.ts";
import { findLora } from "./checkpoint/find_lora.ts";
import { describeLora, readLora } from "./checkpoint/lora.ts";
import { openCheckpoint } from "./checkpoint/checkpoint.ts";
import { checkWanSampling, nfeOf } from "./sampling/sample.ts";

/** Part of what clips are known by; the version of the code stands beside it. */
const WAN_VERSION = 2;

/** Frame rate of Wan's clips in MicroVerse's script. */
export const WAN_FPS = 15;

/** What the released script's `save_video(quality=5)` has imageio hand to x264: 51 · (1 − 0.5). */
const WAN_CRF = 25;

/** Which weights, and how to sample them. */
export interface WanOptions {
  /** See `openWanFolder`. */
  folder: string;
  /** Path of a LoRA, or of a training's folder with one; see `findLora`. */
  lora?: string;
  /** A fully fine-tuned transformer; see `openWanFolder`. */
  fineTune?: string;
  /** Name in tables; derived from folder, fine-tune and LoRA by default. */
  name?: string;
  /** `auto` selects the fastest that agrees with the CPU. */
  provider?: "auto" | Provider;
  /** Dtype of the transformer's matrix products; `f32` by default. */
  dtype?: ComputeDtype;
  sampling?: Partial<WanSampling>;
  /** Empty by default; the released evaluation's script sets its own. */
  negativePrompt?: string;
  size?: ClipSize;
  /** Called with the chosen backend once it is known. */
  onOpen?(opened: WanOpened): void;
}

/** The backend chosen by trying the networks, and its cost. */
export interface WanOpened {
  choice: Choice;
  attention: AttentionKind;
  /** Estimated seconds per clip, from the throughput on a test input. */
  clipSeconds: number;
  /** Memory of the transformer's weights, in bytes. */
  weights: number;
  /** What was read of a LoRA, in words. */
  lora?: string;
}

/** Wan running in its own Worker. */
export interface Wan extends Generator, Disposable {
  prepare: NonNullable<Generator["prepare"]>;
}

/** A request to the Worker. */
export interface WanJob {
  folder: string;
  lora?: string;
  fineTune?: string;
  provider: "auto" | Provider;
  dtype: ComputeDtype;
  negativePrompt: string;
  latents: LatentSize;
  request:
    | { prompts: readonly string[] }
    | { prompt: string; seed: number; sampling: WanSampling };
  /** Shared memory: stop flag, units done, total units. */
  state: Int32Array;
}

/** Indices of the shared state. */
export const STOP = 0, DONE = 1, TOTAL = 2;

export interface WanResult {
  choice: Choice;
  attention: AttentionKind;
  /** See `WanBackend`. */
  flopsPerSecond: number;
  video: Video | null;
}

const PROGRESS_MS = 500;

/**
 * Opens Wan's folder; its networks are opened for the first prompts. It computes in a Worker, so that
 * this thread stays free. Aborting a clip abandons it at once; the Worker itself stops after its current
 * network evaluation.
 *
 * @throws {InputError} for a folder of another model or with missing parts, a LoRA that does not fit,
 * and a size or sampling options out of range.
 *
 * @example
 * ```ts
 * import { assertInputError } from "../../testing/assert.ts";
 * import { openWan } from "./wan.ts";
 *
 * await assertInputError(() => openWan({ folder: "/no/weights" }), "/no/weights", "model_index.json");
 * ```
 */
export async function openWan(options: WanOptions): Promise<Wan> {
  const { folder, fineTune, provider = "auto", dtype = "f32", onOpen } = options;
  const { negativePrompt = "" } = options;
  const wan = wholeWanFolder(await openWanFolder(folder, { fineTune }));
  const { transformer, textEncoder, vae } = wan;
  const sampling = checkWanSampling({
    ...samplingOf(wan, options.sampling?.solver),
    ...options.sampling,
  });
  const size = options.size ?? WAN_CLIP;
  const latents = latentSize(size, vae.config);
  const parts = [transformer.weights, textEncoder.weights, vae.weights];
  const lora = options.lora && await findLora(options.lora);
  let strengths: Record<string, number> | undefined;
  let loraText: string | undefined;
  if (lora !== undefined) {
    const layers = await readLora(lora, transformer.weights);
    // What they are read from is not all in the file.
    strengths = Object.fromEntries([...layers].map(([layer, { scale }]) => [layer, scale]));
    loraText = describeLora(lora, layers);
    parts.push(await openCheckpoint(lora, "a LoRA"));
  }
  const module = new URL("./wan_worker.ts", import.meta.url);
  const worker = openNetworkWorker<WanJob, WanResult>(module);
  const nfe = nfeOf(sampling);
  let opened: WanOpened | undefined;
  const send = async (
    request: WanJob["request"],
    signal?: AbortSignal,
    onStep?: (done: number, of: number) => void,
  ) => {
    signal?.throwIfAborted();
    const state = new Int32Array(new SharedArrayBuffer(3 * Int32Array.BYTES_PER_ELEMENT));
    const abort = () => Atomics.store(state, STOP, 1);
    signal?.addEventListener("abort", abort);
    const polling = onStep && setInterval(() => {
      const total = Atomics.load(state, TOTAL);
      if (total > 0) onStep(Atomics.load(state, DONE), total);
    }, PROGRESS_MS);
    try {
      const job: WanJob = {
        ...{ folder, lora, fineTune, provider, dtype, negativePrompt, latents, request, state },
      };
      const { choice, attention, flopsPerSecond, video } = await worker.do(job, signal);
      if (!opened) {
        opened = {
          choice,
          attention,
          clipSeconds: nfe * flopsOf(transformer.config, latents) / flopsPerSecond,
          lora: loraText,
          weights: weightBytes(transformer.weights).widened / (dtype === "f32" ? 1 : 2),
        };
        onOpen?.(opened);
      }
      return video;
    } finally {
      clearInterval(polling);
      signal?.removeEventListener("abort", abort);
      signal?.throwIfAborted();
    }
  };
  // Keys of existing clips depend on these property names and their order.
  const made = JSON.stringify({
    ...{ wan: WAN_VERSION, weights: await identityOf(parts), sampling },
    ...{ negative: negativePrompt, size },
    ...(strengths && { strengths }),
    ...(provider === "auto" ? {} : { on: provider }),
    ...(dtype === "f32" ? {} : { compute: dtype }),
  });
  return {
    name: options.name ?? nameOf(options),
    steps: sampling.steps,
    guidance: sampling.guidance,
    get device() {
      return opened?.choice.provider ?? "none";
    },
    crf: WAN_CRF,
    fingerprint: async () => `${made} ${await codeVersion([import.meta.url])}`,
    async prepare(tasks, { signal, onStep } = {}) {
      await send({ prompts: tasks.map(({ prompt }) => prompt) }, signal, onStep);
    },
    async generate({ prompt }, { seed, signal, onStep }) {
      return (await send({ prompt, seed, sampling }, signal, onStep))!;
    },
    [Symbol.dispose]: () => worker[Symbol.dispose](),
  };
}

/** MicroVerse's sampling; Diffusers' solver uses the shift of the folder's scheduler. */
function samplingOf({ scheduler }: WanFolder, solver?: string): WanSampling {
  if (solver !== "unipc" || scheduler === null) return MICROVERSE_SAMPLING;
  return { ...MICROVERSE_SAMPLING, shift: scheduler.flowShift };
}

function nameOf({ folder, lora, fineTune }: WanOptions): string {
  const stem = (path: string) => basename(path).replace(/\.safetensors$/, "");
  return [folder, fineTune, lora].filter((path) => path !== undefined).map(stem).join("+");
}
