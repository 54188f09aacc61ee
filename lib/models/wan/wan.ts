/** Wan2.1 and MicroVerse from published weights: a prompt in, a clip out. */
import { basename } from "node:path";
import { codeVersion } from "../../code_version.ts";
import type { Choice, Provider } from "../../onnx/provider.ts";
import { openWorkers } from "../../workers.ts";
import type { Video } from "../../video/types.ts";
import type { Generator } from "../generator.ts";
import type { AttentionKind } from "./transformer/attention.ts";
import type { Compute } from "./transformer/compute.ts";
import { type ClipSize, latentSize, WAN_CLIP } from "./sampling/clip_size.ts";
import { flopsOf, weightBytes } from "./transformer/cost.ts";
import type { LatentSize } from "./transformer/dit.ts";
import { openWanFolder, type WanFolder, wholeWanFolder } from "./checkpoint/folder.ts";
import { identityOf } from "./checkpoint/identity.ts";
import { readLora } from "./checkpoint/lora.ts";
import { openCheckpoint } from "./checkpoint/checkpoint.ts";
import { checkWanSampling, MICROVERSE_SAMPLING, type WanSampling } from "./sampling/sample.ts";

/** Part of what clips are known by; the version of the code stands beside it. */
const WAN_VERSION = 1;

/** Frames a second that Wan's clips are meant to be shown at, by MicroVerse's script. */
export const WAN_FPS = 15;

/** Which weights, and how they are sampled. */
export interface WanOptions {
  /** See `openWanFolder`. */
  folder: string;
  /** A LoRA's file. */
  lora?: string;
  /** A fully fine-tuned transformer; see `openWanFolder`. */
  fineTune?: string;
  /** Name in tables; told from folder, fine-tuning and LoRA where absent. */
  name?: string;
  /** `auto` takes the fastest that agrees with the CPU. */
  provider?: "auto" | Provider;
  /** What the transformer's matrices are multiplied in; 32-bit floats if left out. */
  compute?: Compute;
  sampling?: Partial<WanSampling>;
  /** What clips are to be unlike; the released evaluation's script has a text of its own. */
  negative?: string;
  size?: ClipSize;
  /** Is told where and how it computes, once that is known. */
  onOpen?(opened: WanOpened): void;
}

/** What is known once the networks have been tried. */
export interface WanOpened {
  choice: Choice;
  attention: AttentionKind;
  /** Seconds a clip is going to take, by the speed on a test input. */
  clipSeconds: number;
  /** Bytes of memory of the transformer's weights. */
  weights: number;
}

/** Wan in a Worker of its own. */
export interface Wan extends Generator, Disposable {
  prepare: NonNullable<Generator["prepare"]>;
}

/** What the Worker is asked. */
export interface WanJob {
  folder: string;
  lora?: string;
  fineTune?: string;
  provider: "auto" | Provider;
  compute: Compute;
  negative: string;
  latents: LatentSize;
  ask:
    | { prompts: readonly string[] }
    | { prompt: string; seed: number; sampling: WanSampling };
  /** Shared: whether to stop, then how far it is, of how much. */
  state: Int32Array;
}

/** Places of the shared state. */
export const STOP = 0, DONE = 1, OF = 2;

export interface WanAnswer {
  choice: Choice;
  attention: AttentionKind;
  speed: number;
  video: Video | null;
}

const LOOK_MS = 500;

/**
 * Opens Wan's folder; its networks are opened when the first prompts come. It computes in a Worker, so
 * that this thread stays free; a clip that is aborted ends with the look under way.
 *
 * @throws {InputError} for a folder that is no Wan or lacks parts, a LoRA that does not fit, and a
 * size or sampling out of range.
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
  const { folder, lora, fineTune, provider = "auto", compute = "f32", negative = "", onOpen } =
    options;
  const wan = wholeWanFolder(await openWanFolder(folder, { fineTune }));
  const { transformer, textEncoder, vae } = wan;
  const sampling = checkWanSampling({
    ...samplingOf(wan, options.sampling?.solver),
    ...options.sampling,
  });
  const size = options.size ?? WAN_CLIP;
  const latents = latentSize(size, vae.config);
  const parts = [transformer.weights, textEncoder.weights, vae.weights];
  if (lora !== undefined) {
    await readLora(lora, transformer.weights);
    parts.push(await openCheckpoint(lora, "a LoRA"));
  }
  const worker = openWorkers<WanJob, WanAnswer>(new URL("./wan_worker.ts", import.meta.url), {
    workers: 1,
  });
  const looks = sampling.steps * (sampling.guidance === 1 ? 1 : 2);
  let opened: WanOpened | undefined;
  const answer = async (
    ask: WanJob["ask"],
    signal?: AbortSignal,
    onStep?: (done: number, of: number) => void,
  ) => {
    signal?.throwIfAborted();
    const state = new Int32Array(new SharedArrayBuffer(3 * Int32Array.BYTES_PER_ELEMENT));
    const abort = () => Atomics.store(state, STOP, 1);
    signal?.addEventListener("abort", abort);
    const looking = onStep && setInterval(() => {
      const of = Atomics.load(state, OF);
      if (of > 0) onStep(Atomics.load(state, DONE), of);
    }, LOOK_MS);
    try {
      const job: WanJob = {
        ...{ folder, lora, fineTune, provider, compute, negative, latents, ask, state },
      };
      const { choice, attention, speed, video } = await worker.do(job);
      if (!opened) {
        opened = {
          choice,
          attention,
          clipSeconds: looks * flopsOf(transformer.config, latents) / speed,
          weights: weightBytes(transformer.weights).widened / (compute === "f32" ? 1 : 2),
        };
        onOpen?.(opened);
      }
      return video;
    } finally {
      clearInterval(looking);
      signal?.removeEventListener("abort", abort);
      signal?.throwIfAborted();
    }
  };
  const made = JSON.stringify({
    ...{ wan: WAN_VERSION, weights: await identityOf(parts), sampling, negative, size },
    ...(provider === "auto" ? {} : { on: provider }),
    ...(compute === "f32" ? {} : { compute }),
  });
  return {
    name: options.name ?? nameOf(options),
    steps: sampling.steps,
    guidance: sampling.guidance,
    get device() {
      return opened?.choice.provider ?? "none";
    },
    fingerprint: async () => `${made} ${await codeVersion([import.meta.url])}`,
    formerFingerprint: () => made,
    async prepare(tasks, { signal, onStep } = {}) {
      await answer({ prompts: tasks.map(({ prompt }) => prompt) }, signal, onStep);
    },
    async generate({ prompt }, { seed, signal, onStep }) {
      return (await answer({ prompt, seed, sampling }, signal, onStep))!;
    },
    [Symbol.dispose]: () => worker[Symbol.dispose](),
  };
}

/** As MicroVerse samples; Diffusers' solver goes with the shift that the folder names. */
function samplingOf({ scheduler }: WanFolder, solver?: string): WanSampling {
  if (solver !== "unipc" || scheduler === null) return MICROVERSE_SAMPLING;
  return { ...MICROVERSE_SAMPLING, shift: scheduler.flowShift };
}

function nameOf({ folder, lora, fineTune }: WanOptions): string {
  const stem = (path: string) => basename(path).replace(/\.safetensors$/, "");
  return [folder, fineTune, lora].filter((path) => path !== undefined).map(stem).join("+");
}
