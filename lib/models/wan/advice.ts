/** What to try where Wan's values are not finite. */
import type { StoredTensor } from "../../onnx/types.ts";
import type { Provider } from "../../onnx/provider.ts";
import { firstNotFinite } from "./checkpoint/finite.ts";
import type { Checkpoint } from "./checkpoint/weights.ts";
import type { ComputeDtype } from "./settings.ts";
import type { Lora } from "./transformer/dit_layers.ts";

/** How the values were computed. */
export interface Computed {
  weights: Checkpoint;
  lora?: Lora;
  provider: Provider;
  dtype?: ComputeDtype;
  /** 1 where it does not matter. */
  guidance?: number;
}

/** What to try, and whether the weights themselves are to blame: then every clip fails. */
export interface Advice {
  text: string;
  isOfWeights: boolean;
}

/** What was found in checkpoints, which may be large. */
const sought = new WeakMap<Checkpoint, Promise<StoredTensor | null>>();

/**
 * Finds what to try: weights that are not finite are looked for first, all of them.
 *
 * @example
 * ```ts
 * import { assertOk } from "../../testing/assert.ts";
 * import { adviceOn } from "./advice.ts";
 * import { checkpointOf } from "./checkpoint/weights.ts";
 *
 * const weights = checkpointOf("/w", new Map());
 * const { text } = await adviceOn({ weights, provider: "cuda", dtype: "f16" });
 * assertOk(text.includes("--dtype bf16") && text.includes("--provider cpu"));
 * ```
 */
export async function adviceOn(
  { weights, lora, provider, dtype = "f32", guidance = 1 }: Computed,
): Promise<Advice> {
  const factors = [...lora?.values() ?? []].flatMap(({ a, b }) => [a, b]);
  const ofLora: Checkpoint = {
    ...weights,
    names: () => factors.map((_, i) => `${i}`),
    find: (name) => factors[Number(name)],
  };
  const searched = sought.get(weights) ?? firstNotFinite(weights);
  sought.set(weights, searched);
  const bad = await firstNotFinite(ofLora) ?? await searched;
  if (bad !== null) {
    return {
      text:
        `Tensor ${bad.name} of ${bad.file} holds NaN or infinity: use an earlier checkpoint of ` +
        "that training, or download the file again",
      isOfWeights: true,
    };
  }
  const tries = [
    dtype === "f16" && "--dtype bf16 or f32, since 16-bit floats end at 65,504",
    dtype === "bf16" && "--dtype f32",
    provider !== "cpu" && "--provider cpu",
    guidance > 1 && "a guidance nearer to 1, or more steps",
    "another checkpoint, or the base alone",
  ].filter(Boolean);
  const text = `The stored weights are finite; try ${tries.join("; ")}`;
  return { text, isOfWeights: false };
}
