/** MicroVerse-Nano and the models that it is compared with: a caption in, a small clip out. */
import type { Choice, Provider } from "../../onnx/provider.ts";
import type { Video } from "../../video/types.ts";
import { openWorkers } from "../../workers.ts";
import type { Generator } from "../types.ts";
import { SAMPLING, type Sampling } from "./sample.ts";
import { SOLVERS, timesOf } from "./sampler.ts";
import type { Weights } from "./weights.ts";
import { InputError } from "../../errors.ts";

/** Raised whenever a change alters the clips of unchanged weights. */
const NANO_VERSION = 1;

/** Which model, and how it is sampled. */
export interface NanoOptions {
  /** Folder of the weights. */
  folder: string;
  /** A model of that folder. */
  model: string;
  /** `auto` takes the fastest that agrees with the CPU. */
  provider?: "auto" | Provider;
  sampling?: Partial<Sampling>;
  /** Size of the clips where it is known: another than the weights' is an error. */
  size?: { width: number; height: number; frames: number };
}

/** A model in a Worker of its own. */
export interface Nano extends Generator, Disposable {
  /** Which provider computes, and why the others do not. */
  readonly choice: Choice;
}

/** What the Worker is asked: to open the model, and then perhaps for a clip. */
export interface NanoJob {
  folder: string;
  model: string;
  provider: "auto" | Provider;
  ask?: { caption: string; seed: number; sampling: Sampling };
}

export interface NanoAnswer extends Pick<Weights, "shape" | "sha256"> {
  choice: Choice;
  video?: Video;
}

/**
 * Opens a model. It computes in a Worker, so that this thread stays free; disposing ends it at once,
 * whatever it does.
 *
 * @throws {InputError} for weights that are missing or changed, a provider that cannot be had or
 * computes something else than the CPU, or sampling options out of range.
 *
 * @example
 * ```ts
 * import { assertInputError } from "../../testing.ts";
 * import { openNano } from "./nano.ts";
 *
 * await assertInputError(() => openNano({ folder: "/tmp", model: "nano" }), "/tmp/models.json");
 * ```
 */
export async function openNano(options: NanoOptions): Promise<Nano> {
  const { folder, model, provider = "auto" } = options;
  const sampling = checked({ ...SAMPLING, ...options.sampling });
  const module = new URL("./nano_worker.ts", import.meta.url);
  const worker = openWorkers<NanoJob, NanoAnswer>(module, { workers: 1 });
  try {
    const { choice, shape, sha256 } = await worker.do({ folder, model, provider });
    checkSize(shape, options.size, model);
    return {
      name: model,
      steps: sampling.steps,
      guidance: sampling.guidance,
      device: choice.provider,
      fingerprint: JSON.stringify({ nano: NANO_VERSION, sha256, sampling, on: choice.provider }),
      choice,
      async generate({ prompt }, { seed, signal }) {
        signal?.throwIfAborted();
        const ask = { caption: prompt, seed, sampling };
        const done = worker.do({ folder, model, provider, ask });
        return (await orAborted(done, signal)).video!;
      },
      [Symbol.dispose]: () => worker[Symbol.dispose](),
    };
  } catch (error) {
    worker[Symbol.dispose]();
    throw error;
  }
}

/** The sooner of an answer and the signal's reason. */
async function orAborted<T>(answer: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (!signal) return await answer;
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener("abort", abort);
  try {
    return await Promise.race([answer, promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

function checked(sampling: Sampling): Sampling {
  const { steps, guidance, solver, shift } = sampling;
  timesOf(steps, shift);
  if (!(guidance >= 0 && guidance <= 100)) {
    throw new InputError(`Cannot sample with guidance ${guidance}; expected 0 to 100`);
  }
  if (!(shift > 0 && shift <= 100)) {
    throw new InputError(`Cannot sample with shift ${shift}; expected above 0, at most 100`);
  }
  if (!SOLVERS.includes(solver)) {
    throw new InputError(`Unknown solver ${solver}; expected ${SOLVERS.join(" or ")}`);
  }
  return sampling;
}

type Size = NonNullable<NanoOptions["size"]>;

function checkSize(made: Size, wanted: Size | undefined, model: string) {
  const text = ({ width, height, frames }: Size) => `${width}×${height}, ${frames} frames`;
  if (wanted && text(wanted) !== text(made)) {
    throw new InputError(`${model} cannot make clips of ${text(wanted)}; it makes ${text(made)}`);
  }
}
