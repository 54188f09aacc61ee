/** MicroVerse-Nano and the models that it is compared with: a caption in, a small clip out. */
import { codeVersion } from "../../code_version.ts";
import type { Choice, Provider } from "../../onnx/provider.ts";
import type { Video } from "../../video/types.ts";
import { openWorkers } from "../../workers.ts";
import type { Generator } from "../generator.ts";
import { SAMPLING, type Sampling } from "./sample.ts";
import { SOLVERS, timesOf } from "../flow_matching.ts";
import { readModel } from "./weights.ts";
import { InputError } from "../../errors.ts";

/** Part of what clips are known by; the version of the code stands beside it. */
const NANO_VERSION = 1;

/** Which model, and how it is sampled. */
export interface NanoOptions {
  /** Folder of the weights. */
  folder: string;
  /** A model of that folder. */
  model: string;
  /** Name in tables; the model's where absent. */
  name?: string;
  /** `auto` takes the fastest that agrees with the CPU. */
  provider?: "auto" | Provider;
  sampling?: Partial<Sampling>;
  /** Clips of one task that are sampled together; 1 where absent. */
  batch?: number;
  /** Size of the clips where it is known: another than the weights' is an error. */
  size?: { width: number; height: number; frames: number };
  /** Is told which provider computes, once that is known. */
  onOpen?(choice: Choice): void;
}

/** A model in a Worker of its own. */
export interface Nano extends Generator, Disposable {
  generateAll: NonNullable<Generator["generateAll"]>;
  /**
   * Reads the weights and chooses a provider, as the first clip does otherwise.
   *
   * @throws {InputError} for weights that are missing or changed, or a provider that cannot be had or
   * that computes something else than the CPU.
   */
  open(): Promise<Choice>;
}

/** What the Worker is asked: to open the model, and then perhaps for clips. */
export interface NanoJob {
  folder: string;
  model: string;
  provider: "auto" | Provider;
  ask?: {
    caption: string;
    seeds: readonly number[];
    sampling: Sampling;
    /** Another value than 0 ends sampling after the step under way; its memory is shared. */
    stop: Int32Array;
  };
}

export interface NanoAnswer {
  choice: Choice;
  videos: Video[];
}

/**
 * A model, opened when its first clip is asked for. It computes in a Worker, so that this thread stays
 * free; a clip that is aborted ends with the sampling step under way.
 *
 * @throws {InputError} for a folder without the model, or sampling options out of range.
 *
 * @example
 * ```ts
 * import { assertInputError } from "../../testing/assert.ts";
 * import { openNano } from "./nano.ts";
 *
 * await assertInputError(() => openNano({ folder: "/tmp", model: "nano" }), "/tmp/models.json");
 * ```
 */
export async function openNano(options: NanoOptions): Promise<Nano> {
  const { folder, model, name = model, provider = "auto", batch = 1, onOpen } = options;
  const sampling = checked({ ...SAMPLING, ...options.sampling });
  const { shape, sha256 } = await readModel(folder, model);
  checkSize(shape, options.size, model);
  const module = new URL("./nano_worker.ts", import.meta.url);
  const worker = openWorkers<NanoJob, NanoAnswer>(module, { workers: 1 });
  let chosen: Choice | undefined;
  const answer = async (ask?: NanoJob["ask"]) => {
    const { choice, videos } = await worker.do({ folder, model, provider, ask });
    if (!chosen) onOpen?.(choice);
    chosen = choice;
    return videos;
  };
  const generateAll: Nano["generateAll"] = async ({ prompt }, { seeds, signal }) => {
    signal?.throwIfAborted();
    // A thread that is ended while the runtime computes in it can take the process with it.
    const stop = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
    const abort = () => Atomics.store(stop, 0, 1);
    signal?.addEventListener("abort", abort);
    try {
      return await answer({ caption: prompt, seeds, sampling, stop });
    } finally {
      signal?.removeEventListener("abort", abort);
      signal?.throwIfAborted();
    }
  };
  const made = JSON.stringify({
    nano: NANO_VERSION,
    sha256,
    sampling,
    ...(provider === "auto" ? {} : { on: provider }),
    ...(batch === 1 ? {} : { batch }),
  });
  return {
    name,
    steps: sampling.steps,
    guidance: sampling.guidance,
    get device() {
      return chosen?.provider ?? "none";
    },
    fingerprint: async () => `${made} ${await codeVersion([import.meta.url])}`,
    formerFingerprint: () => made,
    batch,
    generateAll,
    async generate(task, { seed, signal }) {
      return (await generateAll(task, { seeds: [seed], signal }))[0];
    },
    async open() {
      await answer();
      return chosen!;
    },
    [Symbol.dispose]: () => worker[Symbol.dispose](),
  };
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
