/** Chooses the execution provider of networks, after checking its results. */
import { InputError, messageOf } from "../errors.ts";
import { notFinite } from "./finite.ts";

/** Execution providers of onnxruntime-node. */
export const PROVIDERS = ["cuda", "webgpu", "cpu"] as const;

export type Provider = typeof PROVIDERS[number];

/** A provider's result on a small input. */
export interface Trial {
  /** Outputs of the networks. */
  values: Float32Array;
  /** Wall-clock seconds of the second run; the first one compiles. */
  seconds: number;
}

/** Why a provider was or was not chosen. */
export interface Considered {
  provider: Provider;
  /** The reason in words, with the measured figures. */
  why: string;
}

/** See {@link chooseProvider}. */
export interface Choice {
  provider: Provider;
  /** All providers tried, in order, including the chosen one. */
  considered: Considered[];
}

/** Largest accepted difference from the CPU's values, relative to the largest of them. */
export const TOLERANCE = 1e-3;

/**
 * Chooses a provider by trying it: it must be available, agree with the CPU on the trial's input and,
 * with `auto`, be faster. Networks whose values on the CPU are not finite cannot be compared: their
 * clips will fail, each by its name.
 *
 * @param wanted `auto` tries all, in the order of {@link PROVIDERS}.
 * @param attempt Runs the trial; throws if the provider is unavailable.
 * @param tolerance Largest accepted difference.
 * @throws {InputError} if the requested provider is unavailable or disagrees with the CPU.
 *
 * @example
 * ```ts
 * import { assertEquals, assertInputError } from "../testing/assert.ts";
 * import { chooseProvider, type Provider } from "./provider.ts";
 *
 * const attempt = (provider: Provider) => {
 *   if (provider === "cuda") throw new Error("no such library");
 *   const values = Float32Array.of(1, provider === "webgpu" ? 1.5 : 2);
 *   return Promise.resolve({ values, seconds: provider === "webgpu" ? 0.1 : 1 });
 * };
 * const { provider, considered } = await chooseProvider("auto", attempt);
 * assertEquals([provider, considered.length], ["cpu", 3]);
 * await assertInputError(() => chooseProvider("webgpu", attempt), "webgpu", "differs", "0.25");
 * ```
 */
export async function chooseProvider(
  wanted: "auto" | Provider,
  attempt: (provider: Provider) => Promise<Trial>,
  tolerance = TOLERANCE,
): Promise<Choice> {
  if (wanted === "cpu") {
    return { provider: "cpu", considered: [{ provider: "cpu", why: "requested" }] };
  }
  const cpu = await attempt("cpu");
  if (notFinite(cpu.values) !== null) {
    const why = "nothing to compare with: the CPU's values on a test input are not finite";
    const provider = wanted === "auto" ? "cpu" : wanted;
    return { provider, considered: [{ provider, why }] };
  }
  const considered: Considered[] = [];
  for (const provider of wanted === "auto" ? PROVIDERS : [wanted]) {
    if (provider === "cpu") {
      considered.push({ provider, why: "chosen: it is always available" });
      return { provider, considered };
    }
    const refused = await refusal(provider, cpu, attempt, tolerance, wanted === "auto");
    considered.push({ provider, why: refused ?? "chosen: it agrees with the CPU" });
    if (refused === null) return { provider, considered };
    if (wanted !== "auto") throw new InputError(`Cannot compute on ${provider}: ${refused}`);
  }
  throw new Error("no provider was tried");
}

/** Why a provider is rejected, or null if it is accepted. */
async function refusal(
  provider: Provider,
  cpu: Trial,
  attempt: (provider: Provider) => Promise<Trial>,
  tolerance: number,
  mustBeFaster: boolean,
): Promise<string | null> {
  let trial: Trial;
  try {
    trial = await attempt(provider);
  } catch (error) {
    return `it is unavailable: ${messageOf(error).split("\n")[0].trim()}`;
  }
  const difference = relativeDifference(trial.values, cpu.values);
  if (!(difference <= tolerance)) {
    return `it differs from the CPU by ${Number(difference.toPrecision(2))} of the largest value ` +
      `on a test input; expected at most ${tolerance}`;
  }
  if (mustBeFaster && trial.seconds >= cpu.seconds) {
    return `it is slower than the CPU: ${trial.seconds.toFixed(2)} s, ` +
      `the CPU ${cpu.seconds.toFixed(2)} s`;
  }
  return null;
}

/**
 * Largest absolute difference of two arrays, relative to the largest absolute value of the second;
 * infinite for arrays of unequal length or with values that are not finite.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { relativeDifference } from "./provider.ts";
 *
 * assertEquals(relativeDifference(Float32Array.of(1, 2), Float32Array.of(1, 4)), 0.5);
 * assertEquals(relativeDifference(Float32Array.of(NaN), Float32Array.of(1)), Infinity);
 * ```
 */
export function relativeDifference(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) return Infinity;
  let [difference, largest] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    const off = Math.abs(a[i] - b[i]);
    if (!Number.isFinite(off)) return Infinity;
    difference = Math.max(difference, off);
    largest = Math.max(largest, Math.abs(b[i]));
  }
  return largest > 0 ? difference / largest : difference > 0 ? Infinity : 0;
}

/**
 * Says where a model computes, and why not elsewhere.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { computesOn } from "./provider.ts";
 *
 * const considered = [{ provider: "cuda", why: "no such library" }, { provider: "cpu", why: "" }] as const;
 * const text = computesOn("nano", { provider: "cpu", considered: [...considered] });
 * assertEquals(text, "nano computes on cpu; not on cuda: no such library");
 * ```
 */
export function computesOn(name: string, { provider, considered }: Choice): string {
  const others = considered.filter((other) => other.provider !== provider)
    .map(({ provider, why }) => `; not on ${provider}: ${why}`);
  return `${name} computes on ${provider}${others.join("")}`;
}
