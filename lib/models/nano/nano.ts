/** MicroVerse-Nano and the models that it is compared with: a caption in, a small clip out. */
import { codeVersion } from "../../code_version.ts";
import type { Choice, Provider } from "../../onnx/provider.ts";
import type { Video } from "../../video/types.ts";
import type { Generator } from "../generator.ts";
import { openNetworkWorker } from "../network_worker.ts";
import { SAMPLING, type Sampling } from "./sampling.ts";
import { shiftedTimesteps } from "../flow_matching.ts";
import { SOLVERS } from "../solvers.ts";
import { readModel } from "./weights.ts";
import { InputError } from "../../errors.ts";

/** Part of what clips are known by; the version of the code stands beside it. */
const NANO_VERSION = 1;

/** Which model, and how to sample it. */
export interface NanoOptions {
  /** Folder of the weights. */
  folder: string;
  /** A model of that folder. */
  model: string;
  /** Name in tables; the model's by default. */
  name?: string;
  /** `auto` selects the fastest that agrees with the CPU. */
  provider?: "auto" | Provider;
  sampling?: Partial<Sampling>;
  /** Batch size: clips of one task sampled together; 1 by default. */
  batch?: number;
  /** Required clip size, if any; an error if the weights' size differs. */
  size?: { width: number; height: number; frames: number };
  /** Called with the chosen provider once it is known. */
  onOpen?(choice: Choice): void;
}

/** A model running in its own Worker. */
export interface Nano extends Generator, Disposable {
  generateAll: NonNullable<Generator["generateAll"]>;
  /**
   * Reads the weights and chooses a provider, which the first clip would otherwise do.
   *
   * @throws {InputError} for weights that are missing or changed, or a provider that is unavailable or
   * disagrees with the CPU.
   */
  open(): Promise<Choice>;
}

/** A request to the Worker: opens the model if necessary, and samples clips if asked to. */
export interface NanoJob {
  folder: string;
  model: string;
  provider: "auto" | Provider;
  sample?: {
    caption: string;
    seeds: readonly number[];
    sampling: Sampling;
    /** Shared memory: any value but 0 stops sampling after the current step. */
    stop: Int32Array;
  };
}

export interface NanoResult {
  choice: Choice;
  videos: Video[];
}

/**
 * A model, opened for its first clip. It computes in a Worker, so that this thread stays free;
 * aborting a clip abandons it at once.
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
  const worker = openNetworkWorker<NanoJob, NanoResult>(module);
  let chosen: Choice | undefined;
  const request = async (sample?: NanoJob["sample"], signal?: AbortSignal) => {
    const { choice, videos } = await worker.do({ folder, model, provider, sample }, signal);
    if (!chosen) onOpen?.(choice);
    chosen = choice;
    return videos;
  };
  const generateAll: Nano["generateAll"] = async ({ prompt }, { seeds, signal }) => {
    signal?.throwIfAborted();
    // The Worker itself stops after its current step.
    const stop = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
    const abort = () => Atomics.store(stop, 0, 1);
    signal?.addEventListener("abort", abort);
    try {
      return await request({ caption: prompt, seeds, sampling, stop }, signal);
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
      await request();
      return chosen!;
    },
    [Symbol.dispose]: () => worker[Symbol.dispose](),
  };
}

function checked(sampling: Sampling): Sampling {
  const { steps, guidance, solver, shift } = sampling;
  shiftedTimesteps(steps, shift);
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

function checkSize(actual: Size, wanted: Size | undefined, model: string) {
  const text = ({ width, height, frames }: Size) => `${width}×${height}, ${frames} frames`;
  if (wanted && text(wanted) !== text(actual)) {
    throw new InputError(
      `${model} cannot generate clips of ${text(wanted)}; expected ${text(actual)}`,
    );
  }
}
