/** How strongly a LoRA is applied: what its tensors, its header and the file beside it say. */
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import { InputError, messageOf } from "../../../errors.ts";
import { readMetadata } from "../../../onnx/safetensors.ts";
import { exists } from "../../../store/file.ts";
import { readJson } from "./json.ts";
import { type PeftConfig, peftConfig, type PeftModule, peftScale } from "./peft_config.ts";

/** A layer's strength and where it was found. */
export interface Strength {
  /** Of the update scale · B·A. */
  scale: number;
  /** In words. */
  from: string;
}

/** A layer as its tensors have it. */
export interface LayerFactors extends PeftModule {
  rank: number;
  /** Whether PEFT saved it, whose files hold no alpha. */
  isPeft: boolean;
  /** The value of its alpha tensor, if there is one. */
  alpha?: number;
}

/** Gives each layer's strength; see {@link readStrengths}. */
export type Strengths = (layer: LayerFactors) => Strength;

/** PEFT's file of settings, and of the weights that it belongs to. */
const ADAPTER_CONFIG = "adapter_config.json";
const ADAPTER_WEIGHTS = "adapter_model.safetensors";

/** Entries of headers: alpha, rank and PEFT's settings, as scripts name them. */
const ALPHAS = ["ss_network_alpha", "network_alpha", "lora_alpha", "alpha"];
const RANKS = ["ss_network_dim", "network_dim", "lora_rank", "rank", "r"];
const CONFIGS = ["lora_adapter_metadata", "lora_config", "peft_config", "adapter_config"];

/** Other entries that may say how strong a LoRA is. */
const SUSPECT = /alpha|rs_?lora|dora|scaling|strength|multiplier/i;
/** Entries of kohya's scripts that have such names, and only describe the training. */
const DESCRIBES = /^(ss_(?!network_alpha|network_args)|modelspec\.)/;

/** Text that may hold an alpha: a trainer's settings as JSON, YAML or flags. */
const HOLDS_ALPHA =
  /(?<![a-z])(lora_?|network_?)?alpha["'\s]*([:=]["'\s]*|\s)-?\d|rs_?lora["'\s]*[:=]["'\s]*(true|1)/i;

/** Largest relative difference of two statements of the same strength: alphas may be in bfloat16. */
const TOLERANCE = 0.01;

/**
 * Reads all that says how strong a LoRA is outside its factors: alpha tensors, `lora_adapter_metadata`
 * and similar entries of the header as Diffusers and trainers write them, `ss_network_alpha` of kohya's
 * scripts, and PEFT's `adapter_config.json` in the same folder. Where nothing says so, it is 1, unless
 * PEFT saved the file.
 *
 * @throws {InputError} for statements that contradict each other or the factors, cannot be read,
 * describe something else than a plain LoRA, or are missing from a file of PEFT's.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { writeSafetensors } from "../../../testing/onnx/safetensors.ts";
 * import { readStrengths } from "./lora_strength.ts";
 *
 * const file = await Deno.makeTempFile({ suffix: ".safetensors" });
 * await writeSafetensors(file, {}, { ss_network_alpha: "2", ss_network_dim: "4" });
 * const strengths = await readStrengths(file);
 * const module = "blocks_0_ffn_0";
 * const layer = { module, otherNames: ["blocks.0.ffn.0"], isPeft: false };
 * assertEquals(strengths({ ...layer, rank: 4 }).scale, 0.5);
 * await Deno.remove(file);
 * ```
 */
export async function readStrengths(path: string): Promise<Strengths> {
  const configs: { config: PeftConfig; from: string }[] = [];
  const metadata = await readMetadata(path);
  for (const name of CONFIGS.filter((name) => name in metadata)) {
    const from = `${name} in the header of ${path}`;
    const config = peftConfig(ofTransformer(parsed(metadata[name], from), from), from);
    // They are this file's, whatever they call its layers.
    configs.push({ config: { ...config, target_modules: null }, from });
  }
  const beside = join(dirname(path), ADAPTER_CONFIG);
  const [isThere, isIts] = [await exists(beside), await isItsConfig(path)];
  if (isThere && isIts) {
    configs.push({ config: peftConfig(await readJson(beside, z.unknown()), beside), from: beside });
  }
  const network = networkOf(metadata, path);
  const unclear = (layer: LayerFactors, why: string) => {
    const where = !isThere || isIts
      ? `put its ${ADAPTER_CONFIG} beside it, or write ${beside} with ` +
        `{"r": ${layer.rank}, "lora_alpha": ALPHA}`
      : `${beside} is that of ${ADAPTER_WEIGHTS}: move the LoRA to a folder of its own, with its ` +
        ADAPTER_CONFIG;
    return new InputError(
      `Cannot tell the strength of the LoRA ${path} on ${layer.module}: ${why}; ${where}`,
    );
  };
  const suspect = isThere && isIts ? undefined : suspectOf(metadata);
  const hidden = Object.entries(metadata).find(([name, text]) =>
    !CONFIGS.includes(name) && !DESCRIBES.test(name) && HOLDS_ALPHA.test(text)
  );
  const notUnderstood = ([name, text]: [string, string]) =>
    `its header has ${name} ${JSON.stringify(text.slice(0, 100))}, which is not understood`;
  return (layer) => {
    const { module, rank, alpha } = layer;
    if (suspect !== undefined) throw unclear(layer, notUnderstood(suspect));
    const found: Strength[] = configs.map(({ config, from }) => (
      { scale: peftScale(config, layer, rank, from), from }
    ));
    if (alpha !== undefined) found.push({ scale: alpha / rank, from: "its alpha tensors" });
    if (network !== null) found.push(network(layer));
    const [first, ...others] = found;
    if (first === undefined) {
      if (hidden !== undefined) throw unclear(layer, notUnderstood(hidden));
      if (layer.isPeft) throw unclear(layer, "its names are PEFT's, which keeps alpha elsewhere");
      return { scale: 1, from: "default, without an alpha" };
    }
    for (const other of others) {
      if (Math.abs(other.scale - first.scale) <= TOLERANCE * Math.abs(first.scale)) continue;
      throw new InputError(
        `Cannot tell the strength of the LoRA ${path} on ${module}: it is ${first.scale} by ` +
          `${first.from}, ${other.scale} by ${other.from}`,
      );
    }
    if (!Number.isFinite(first.scale) || first.scale === 0) {
      throw new InputError(
        `Cannot use the LoRA ${path}: its strength on ${module} is ${first.scale} by ${first.from}`,
      );
    }
    return first;
  };
}

/** Whether PEFT's settings beside a file are its own: not if they belong to weights of PEFT's name. */
async function isItsConfig(path: string): Promise<boolean> {
  return basename(path) === ADAPTER_WEIGHTS ||
    !await exists(join(dirname(path), ADAPTER_WEIGHTS));
}

function parsed(text: string, from: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InputError(`Cannot read a LoRA's strength from ${from}: ${messageOf(error)}`);
  }
}

/** The transformer's settings, among those of several parts, as Diffusers keeps them. */
function ofTransformer(settings: unknown, from: string): unknown {
  const entries = Object.entries(Object(settings) as Record<string, unknown>);
  const prefix = "transformer.";
  const own = entries.filter(([name]) => name.startsWith(prefix));
  if (own.length > 0) {
    return Object.fromEntries(own.map(([name, value]) => [name.slice(prefix.length), value]));
  }
  const other = entries.find(([name]) => /^[a-z_\d]+\.(r|lora_alpha)$/.test(name))?.[0];
  if (other === undefined) return settings;
  throw new InputError(
    `Cannot read a LoRA's strength from ${from}: expected settings of the transformer, found ${other}`,
  );
}

/** The first entry of a header that may say how strong the LoRA is, and is not understood. */
function suspectOf(metadata: Readonly<Record<string, string>>): [string, string] | undefined {
  return Object.entries(metadata).find(([name, text]) => {
    if (name === "ss_network_args") {
      return /"[^"]*(rs_?lora|dora)[^"]*":\s*"?(true|1)/i.test(text);
    }
    const known = ALPHAS.includes(name) || RANKS.includes(name) || CONFIGS.includes(name);
    return !known && SUSPECT.test(name) && !DESCRIBES.test(name) &&
      !/^(|none|null|false)$/i.test(text);
  });
}

/** Alpha as a header names it, without more; null where it has none. */
function networkOf(metadata: Readonly<Record<string, string>>, path: string) {
  const alphas = ALPHAS.filter((name) => isSaid(metadata[name]));
  const ranks = RANKS.filter((name) => isSaid(metadata[name]));
  if (alphas.length === 0) return null;
  return ({ module, rank, alpha }: Pick<LayerFactors, "module" | "rank" | "alpha">): Strength => {
    const [name] = alphas;
    const from = `${name} in the header of ${path}`;
    // Scripts that give layers ranks of their own write a word here, and alphas as tensors.
    if (alpha !== undefined && !isNumber(metadata[name])) {
      return { scale: alpha / rank, from: "its alpha tensors" };
    }
    const wrong = [...alphas, ...ranks].find((name) =>
      alphas.includes(name)
        ? !isNumber(metadata[name]) || Number(metadata[name]) !== Number(metadata[alphas[0]])
        : alpha === undefined && Number(metadata[name]) !== rank
    );
    if (wrong !== undefined) {
      throw new InputError(
        `Cannot tell the strength of the LoRA ${path} on ${module}: its factors have rank ${rank}, ` +
          `its header ${
            alphas.concat(ranks).map((name) => `${name} ${metadata[name]}`).join(", ")
          }`,
      );
    }
    return { scale: Number(metadata[name]) / rank, from };
  };
}

function isSaid(text: string | undefined): text is string {
  return text !== undefined && !/^(|none|null)$/i.test(text.trim());
}

function isNumber(text: string): boolean {
  return text.trim() !== "" && Number.isFinite(Number(text));
}
