/** Wan2.1 and MicroVerse from published weights, by name. */
import { resolve } from "node:path";
import { z } from "zod";
import { InputError, messageOf } from "../../errors.ts";
import { lazy } from "../../lazy.ts";
import { computesOn, PROVIDERS } from "../../onnx/provider.ts";
import { choice, text } from "../../options.ts";
import { expandHome } from "../../paths.ts";
import { sizeOption } from "../clip_size.ts";
import { guidanceOption, optionalShift, stepsOption } from "../sampling_options.ts";
import type { VideoModel } from "../video_model.ts";
import { COMPUTE_DTYPES, MICROVERSE_SAMPLING, WAN_CLIP, WAN_SOLVERS } from "./settings.ts";
import type { WanOpened } from "./wan.ts";

const loadWan = lazy<typeof import("./wan.ts")>(new URL("./wan.ts", import.meta.url));
const loadDescribe = lazy<typeof import("./checkpoint/describe.ts")>(
  new URL("./checkpoint/describe.ts", import.meta.url),
);

const { steps, guidance, shift, solver, rounding } = MICROVERSE_SAMPLING;

const options = z.object({
  lora: text("PATH", "A LoRA's .safetensors, or a training's folder."),
  "fine-tune": text("PATH", "A fine-tuned transformer, or a training's folder."),
  "negative-prompt": text("TEXT", "Negative prompt, or @FILE that holds it."),
  size: sizeOption(WAN_CLIP, { sides: [16, 4096], frames: [1, 1001] }),
  steps: stepsOption(steps),
  guidance: guidanceOption("Guidance scale; 1 does without the negative prompt.", guidance),
  solver: choice("Solver: MicroVerse's, or Diffusers'", WAN_SOLVERS, solver),
  shift: optionalShift("with unipc by default the folder's.", shift),
  rounding: choice(
    "Rounding between steps, as MicroVerse's bf16 network has it, or not",
    ["bf16", "none"],
    rounding,
  ),
  dtype: choice("Type that the transformer's matrices are multiplied in", COMPUTE_DTYPES, "f32"),
  provider: choice("Where networks compute", ["auto", ...PROVIDERS], "auto"),
});

/** Wan2.1 1.3B, text to video, and what is fine-tuned from it. */
export const wan: VideoModel = {
  name: "wan",
  syntax: [{
    form: "wan:DIR",
    help: "Wan2.1 or MicroVerse from published safetensors, see deno task models",
  }],
  help: "Wan2.1 or MicroVerse from published safetensors",
  options,
  async open({ spec, options, note }) {
    const { openWan } = await loadWan();
    const { steps, guidance, solver, shift, rounding, lora, size, provider } = options;
    const sampling = {
      steps,
      guidance,
      solver,
      rounding,
      ...(shift === undefined ? {} : { shift }),
    };
    return await openWan({
      ...{ folder: resolve(spec.argument!), name: spec.label, lora, size, provider, sampling },
      fineTune: options["fine-tune"],
      dtype: options.dtype,
      negativePrompt: await textOrFile(options["negative-prompt"]),
      onOpen: (opened) => note(openedText(spec.text, opened)),
    });
  },
  async describe(argument, options) {
    const { describeWan } = await loadDescribe();
    return await describeWan(argument, options["fine-tune"], options.lora);
  },
} satisfies VideoModel<z.output<typeof options>>;

/** The text itself, or that of the file after an @. */
async function textOrFile(typed: string | undefined): Promise<string | undefined> {
  if (!typed?.startsWith("@")) return typed;
  const path = expandHome(typed.slice(1));
  try {
    return (await Deno.readTextFile(path)).trim();
  } catch (error) {
    throw new InputError(`Cannot read the negative prompt from ${path}: ${messageOf(error)}`);
  }
}

function openedText(
  name: string,
  { choice, attention, clipSeconds, weights, lora }: WanOpened,
): string {
  const hours = clipSeconds / 3600;
  const time = hours >= 1
    ? `${hours.toFixed(1)} hours`
    : `${(clipSeconds / 60).toFixed(1)} minutes`;
  return `${computesOn(name, choice)}\n` +
    `${name}: ${attention} attention, ${(weights / 1e9).toFixed(1)} GB of weights in the ` +
    `transformer; about ${time} a clip, by its speed on a test input` +
    (lora === undefined ? "" : `\n${name}: ${lora}`);
}
