/** The Worker that samples Wan's clips; see `wan.ts`. */
import type { Video } from "../../video/types.ts";
import { serve } from "../../workers.ts";
import { cleanPrompt } from "./text/clean_prompt.ts";
import { decodeLatents, openVae, rgbOf, type VaeDecoder } from "./vae/decode.ts";
import { TEXT_ROWS } from "./transformer/dit_block.ts";
import type { Lora } from "./transformer/dit_layers.ts";
import { encodeTokens, padded } from "./text/encode.ts";
import { openWanFolder, type WholeWanFolder, wholeWanFolder } from "./checkpoint/folder.ts";
import { readLora } from "./checkpoint/lora.ts";
import {
  chooseWanPlace,
  openTransformer,
  type WanPlace,
  type WanTransformer,
} from "./transformer/networks.ts";
import { sampleWan } from "./sampling/sample.ts";
import { openTokenizer, type PromptTokenizer } from "./text/tokenizer.ts";
import { compression } from "./vae/vae_config.ts";
import { MICROVERSE_TILING } from "./vae/vae_tiles.ts";
import { DONE, OF, STOP, WAN_FPS, type WanAnswer, type WanJob } from "./wan.ts";

interface Opened {
  wan: WholeWanFolder;
  lora?: Lora;
  place: WanPlace;
  tokenizer: PromptTokenizer;
  /** Hidden states by prompt, padded. */
  texts: Map<string, Float32Array>;
  transformer?: WanTransformer;
  vae?: VaeDecoder;
}

let opened: Promise<Opened> | undefined;

serve(async (job: WanJob): Promise<WanAnswer> => {
  opened ??= open(job);
  const model = await opened;
  const { ask } = job;
  if ("prompts" in ask) await encode(model, [...ask.prompts, job.negative], job);
  const video = "prompt" in ask ? await clipOf(model, job, ask) : null;
  const { provider, considered, attention, speed } = model.place;
  return { choice: { provider, considered }, attention, speed, video };
});

async function open({ folder, lora, fineTune, provider, compute }: WanJob): Promise<Opened> {
  const wan = wholeWanFolder(await openWanFolder(folder, { fineTune }));
  return {
    wan,
    lora: lora === undefined ? undefined : await readLora(lora, wan.transformer.weights),
    place: await chooseWanPlace(wan, provider, compute),
    tokenizer: await openTokenizer(wan.tokenizer),
    texts: new Map(),
  };
}

/** Encodes what is not known yet, all of it together: the encoder is read block by block. */
async function encode(
  { wan: { textEncoder: { weights, config } }, tokenizer, place, texts }: Opened,
  prompts: readonly string[],
  { state }: WanJob,
): Promise<void> {
  const unknown = [...new Set(prompts)].filter((prompt) => !texts.has(prompt));
  if (unknown.length === 0) return;
  const ids = unknown.map((prompt) => tokenizer.encode(cleanPrompt(prompt), TEXT_ROWS));
  const states = await encodeTokens(ids, weights, config, place.provider, {
    onBlock: (done, of) => told(state, done, of),
  });
  unknown.forEach((prompt, i) => texts.set(prompt, padded(states[i], config.dim, TEXT_ROWS)));
}

async function clipOf(
  model: Opened,
  job: WanJob,
  { prompt, seed, sampling }: Extract<WanJob["ask"], { prompt: string }>,
): Promise<Video> {
  const { wan, lora, place, texts } = model;
  const { latents: size, negative, state } = job;
  await encode(model, [prompt, negative], job);
  model.transformer ??= await openTransformer(wan, size, place, lora);
  const { transformer } = model;
  const texted = { text: texts.get(prompt)!, negative: texts.get(negative)! };
  const looks = sampling.steps * (sampling.guidance === 1 ? 1 : 2);
  let done = 0;
  const shape = [wan.transformer.config.inChannels, size.frames, size.height, size.width];
  const steps = sampleWan({
    async velocity(latents, time, which) {
      const found = await transformer.velocity(latents, time, texted[which]);
      told(state, ++done, looks);
      return found;
    },
  }, { ...sampling, shape, seed });
  let values = new Float32Array();
  for await (const step of steps) values = step.latents as typeof values;
  model.vae ??= await openVae(wan.vae.weights, wan.vae.config, place.provider);
  const frames: Uint8Array[] = [];
  for await (
    const frame of decodeLatents(model.vae, { values, ...size }, {
      tiling: MICROVERSE_TILING,
      onProgress: (done, of) => told(state, done, of),
    })
  ) frames.push(rgbOf(frame));
  const { spatial } = compression(wan.vae.config);
  return { width: size.width * spatial, height: size.height * spatial, fps: WAN_FPS, frames };
}

/** Says how far it is, and ends where that is asked for. */
function told(state: Int32Array, done: number, of: number): void {
  Atomics.store(state, DONE, done);
  Atomics.store(state, OF, of);
  if (Atomics.load(state, STOP) !== 0) throw new Error("stopped");
}
