/** The Worker that samples Wan's clips; see `wan.ts`. */
import { ClipError, messageOf } from "../../errors.ts";
import { atStage } from "../not_finite.ts";
import type { Video } from "../../video/types.ts";
import { serve } from "../../workers.ts";
import { adviceOn, type Computed } from "./advice.ts";
import { cleanPrompt } from "./text/clean_prompt.ts";
import { decodeLatents, openVae, rgbOf, type VaeDecoder } from "./vae/decode.ts";
import { TEXT_ROWS } from "./transformer/dit_block.ts";
import type { Lora } from "./transformer/dit_layers.ts";
import { encodeTokens, padded } from "./text/encode.ts";
import { openWanFolder, type WholeWanFolder, wholeWanFolder } from "./checkpoint/folder.ts";
import { readLora } from "./checkpoint/lora.ts";
import {
  chooseWanBackend,
  openTransformer,
  type WanBackend,
  type WanTransformer,
} from "./transformer/networks.ts";
import { nfeOf, sampleWan } from "./sampling/sample.ts";
import { openTokenizer, type PromptTokenizer } from "./text/tokenizer.ts";
import { compression } from "./vae/vae_config.ts";
import { MICROVERSE_TILING } from "./vae/vae_tiles.ts";
import { DONE, STOP, TOTAL, WAN_FPS, type WanJob, type WanResult } from "./wan.ts";

interface Opened {
  wan: WholeWanFolder;
  lora?: Lora;
  backend: WanBackend;
  tokenizer: PromptTokenizer;
  /** Padded text embeddings by prompt. */
  embeddings: Map<string, Float32Array>;
  /** Why a prompt could not be encoded. */
  failed: Map<string, ClipError>;
  /** Why no clip can be made. */
  broken?: string;
  transformer?: WanTransformer;
  vae?: VaeDecoder;
}

let opened: Promise<Opened> | undefined;

serve(async (job: WanJob): Promise<WanResult> => {
  opened ??= open(job);
  const model = await opened;
  const { request } = job;
  if ("prompts" in request) await encode(model, [...request.prompts, job.negativePrompt], job);
  const video = "prompt" in request ? await sampleClip(model, job, request) : null;
  const { provider, considered, attention, flopsPerSecond } = model.backend;
  return { choice: { provider, considered }, attention, flopsPerSecond, video };
});

async function open({ folder, lora, fineTune, provider, dtype }: WanJob): Promise<Opened> {
  const wan = wholeWanFolder(await openWanFolder(folder, { fineTune }));
  return {
    wan,
    lora: lora === undefined ? undefined : await readLora(lora, wan.transformer.weights),
    backend: await chooseWanBackend(wan, provider, dtype),
    tokenizer: await openTokenizer(wan.tokenizer),
    embeddings: new Map(),
    failed: new Map(),
  };
}

/** Encodes all new prompts together, since the encoder is read block by block. */
async function encode(
  { wan: { textEncoder: { weights, config } }, tokenizer, backend, embeddings, failed }: Opened,
  prompts: readonly string[],
  { state }: WanJob,
): Promise<void> {
  const unknown = [...new Set(prompts)].filter((prompt) =>
    !embeddings.has(prompt) && !failed.has(prompt)
  );
  if (unknown.length === 0) return;
  const ids = unknown.map((prompt) => tokenizer.encode(cleanPrompt(prompt), TEXT_ROWS));
  const states = await encodeTokens(ids, weights, config, backend.provider, {
    onBlock: (done, total) => reportProgress(state, done, total),
    onFailed: (i, error) => failed.set(unknown[i], error),
  });
  unknown.forEach((prompt, i) => {
    if (!failed.has(prompt)) embeddings.set(prompt, padded(states[i], config.dim, TEXT_ROWS));
  });
}

async function sampleClip(
  model: Opened,
  job: WanJob,
  { prompt, seed, sampling }: Extract<WanJob["request"], { prompt: string }>,
): Promise<Video> {
  const { wan, lora, backend, embeddings } = model;
  const { latents: size, negativePrompt, state } = job;
  if (model.broken !== undefined) throw new ClipError(model.broken);
  await encode(model, [prompt, negativePrompt], job);
  const { provider, dtype } = backend;
  /** A stage whose values are computed from these weights; what they are to blame for happens again. */
  const stage = async <T>(
    name: string,
    computed: Omit<Computed, "provider">,
    work: () => Promise<T>,
  ) => {
    let isOfWeights = false;
    try {
      return await atStage(name, work, async () => {
        const advice = await adviceOn({ ...computed, provider });
        ({ isOfWeights } = advice);
        return advice.text;
      });
    } catch (error) {
      // Only some prompts may need what is wrong in the text encoder.
      if (isOfWeights && computed.weights !== wan.textEncoder.weights) {
        model.broken = messageOf(error);
      }
      throw error;
    }
  };
  const text = (what: string) =>
    stage(`in the text encoder, of the ${what}`, wan.textEncoder, () => {
      const of = what === "prompt" ? prompt : negativePrompt;
      const failure = model.failed.get(of);
      return failure ? Promise.reject(failure) : Promise.resolve(embeddings.get(of)!);
    });
  const texts = { prompt: await text("prompt"), negativePrompt: await text("negative prompt") };
  model.transformer ??= await openTransformer(wan, size, backend, lora);
  const { transformer } = model;
  const { guidance } = sampling;
  const nfe = nfeOf(sampling);
  let done = 0;
  const shape = [wan.transformer.config.inChannels, size.frames, size.height, size.width];
  const steps = sampleWan({
    async velocity(latents, timestep, condition) {
      const step = 1 + Math.floor(done / (nfe / sampling.steps));
      const velocity = await stage(
        `in step ${step} of ${sampling.steps}`,
        // Guidance has no part in what the first step is given.
        { weights: wan.transformer.weights, lora, dtype, guidance: step === 1 ? 1 : guidance },
        () => transformer.velocity(latents, timestep, texts[condition]),
      );
      reportProgress(state, ++done, nfe);
      return velocity;
    },
  }, { ...sampling, shape, seed });
  let values = new Float32Array();
  for await (const step of steps) values = step.latents as typeof values;
  model.vae ??= await openVae(wan.vae.weights, wan.vae.config, backend.provider);
  const decoded = decodeLatents(model.vae, { values, ...size }, {
    tiling: MICROVERSE_TILING,
    onProgress: (done, total) => reportProgress(state, done, total),
  });
  const frames = await stage(
    "while decoding",
    { weights: wan.vae.weights, guidance },
    () => Array.fromAsync(decoded, (frame) => rgbOf(frame)),
  );
  const { spatial } = compression(wan.vae.config);
  return { width: size.width * spatial, height: size.height * spatial, fps: WAN_FPS, frames };
}

/** Reports progress, and throws if a stop was requested. */
function reportProgress(state: Int32Array, done: number, total: number): void {
  Atomics.store(state, DONE, done);
  Atomics.store(state, TOTAL, total);
  if (Atomics.load(state, STOP) !== 0) throw new Error("stopped");
}
