/** MicroVerse-Nano and the models that it is compared with, by name. */
import { z } from "zod";
import { lazy } from "../../lazy.ts";
import { choice, count } from "../../options.ts";
import { computesOn, PROVIDERS } from "../../onnx/provider.ts";
import { PROJECT } from "../../paths.ts";
import type { Spec } from "../../registry.ts";
import { guidanceOption, shiftOption, stepsOption } from "../sampling_options.ts";
import { SOLVERS } from "../solvers.ts";
import type { OpenModel, VideoModel } from "../video_model.ts";
import { SAMPLING } from "./sampling.ts";

const loadNano = lazy<typeof import("./nano.ts")>(new URL("./nano.ts", import.meta.url));
const loadFindWeights = lazy<typeof import("./find_weights.ts")>(
  new URL("./find_weights.ts", import.meta.url),
);

const OPTIONS = z.object({
  steps: stepsOption(SAMPLING.steps),
  guidance: guidanceOption("Guidance scale; 1 follows the caption as it is.", SAMPLING.guidance),
  shift: shiftOption(SAMPLING.shift),
  solver: choice("Solver of the differential equation", SOLVERS, SAMPLING.solver),
  "batch-size": count("Clips of one task that are sampled together.", 1, 256),
  provider: choice("Where networks compute", ["auto", ...PROVIDERS], "auto"),
});

/** The small model trained on micro-worlds. */
export const nano = embedded("nano", "MicroVerse-Nano: a small model trained on micro-worlds");
/** What it was before. */
export const sBase = embedded(
  "s-base",
  "Nano before its fine-tuning: trained on everyday motion alone",
);
/** A larger one that saw no micro-world either. */
export const lBase = embedded(
  "l-base",
  "four times the parameters, trained on everyday motion alone",
);

/** A model that `deno task train` exported. */
export const trained: VideoModel = {
  name: "trained",
  syntax: [
    { form: "trained:DIR/NAME", help: "a model of a folder that deno task train exported" },
    { form: "trained:DIR", help: "the same where the folder holds one model" },
  ],
  help: "a model that deno task train exported",
  options: OPTIONS,
  open,
} satisfies VideoModel<z.output<typeof OPTIONS>>;

function embedded(name: string, help: string): VideoModel {
  return { name, syntax: [{ form: name, help }], help, options: OPTIONS, open };
}

async function open({ spec, options, note }: OpenModel<z.output<typeof OPTIONS>>) {
  const { openNano } = await loadNano();
  const { folder, model } = await weightsOf(spec);
  const { provider, "batch-size": batch, ...sampling } = options;
  const name = spec.label ?? model;
  return await openNano({
    ...{ folder, model, name, provider, batch, sampling },
    onOpen: (choice) => note(computesOn(name, choice)),
  });
}

/** Where a model's weights are. */
export interface WeightsPlace {
  folder: string;
  /** A model of that folder. */
  model: string;
}

/**
 * Where the weights of a name are: an embedded one's, or those of `trained:DIR` or `trained:DIR/NAME`.
 *
 * @throws {InputError} for a folder that holds no weights, or several without saying which.
 *
 * @example
 * ```ts
 * import { assertEquals, assertInputError } from "../../testing/assert.ts";
 * import { PROJECT } from "../../paths.ts";
 * import { parseSpec } from "../../registry.ts";
 * import { weightsOf } from "./entry.ts";
 *
 * const spec = (text: string) => weightsOf(parseSpec(text));
 * assertEquals(await spec("nano"), { folder: PROJECT.models, model: "nano" });
 * assertEquals(await spec(`trained:${PROJECT.models}/s-base`), { folder: PROJECT.models, model: "s-base" });
 * await assertInputError(() => spec(`trained:${PROJECT.models}`), "s-base, nano", "trained:DIR/NAME");
 * ```
 */
export async function weightsOf({ text, kind, argument }: Spec): Promise<WeightsPlace> {
  if (argument === undefined) return { folder: PROJECT.models, model: kind };
  const { findWeights } = await loadFindWeights();
  return await findWeights(argument, text);
}
