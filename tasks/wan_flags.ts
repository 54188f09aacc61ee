/** Flags that only Wan has a use for. */
import { z } from "zod";
import { COMPUTE_DTYPES } from "../lib/models/wan/transformer/compute_dtype.ts";
import { text } from "./flags.ts";

export const lora = text("FILE", "Wan: a LoRA's .safetensors.");

export const fineTune = text("PATH", "Wan: a fine-tuned transformer, or a training's folder.");

export const negative = text("TEXT", "Wan: what clips are to be unlike, or @FILE that says it.");

export const compute = {
  schema: z.enum(COMPUTE_DTYPES, `expected ${COMPUTE_DTYPES.join(", ")}`).optional(),
  value: "NAME",
  help: "Wan: matrices multiply in f32 (default), f16 or bf16, if the provider can.",
};

export const rounding = {
  schema: z.enum(["bf16", "none"], "expected bf16 or none").optional(),
  value: "NAME",
  help: "Wan: bf16 (default) rounds where MicroVerse does, none computes in 32 bits.",
};

export const size = {
  schema: z.string().regex(/^\d+x\d+x\d+$/, "expected WIDTHxHEIGHTxFRAMES, such as 832x480x81")
    .transform((said) => {
      const [width, height, frames] = said.split("x").map(Number);
      return { width, height, frames };
    }).optional(),
  value: "WxHxN",
  help: "Wan: width, height and frames (default 832x480x81).",
};

export const shard = {
  schema: z.string().regex(/^[1-9]\d*\/[1-9]\d*$/, "expected a share such as 2/4")
    .transform((said) => {
      const [index, of] = said.split("/").map(Number);
      return { index, of };
    }).refine(({ index, of }) => index <= of, "expected a share such as 2/4").optional(),
  value: "I/N",
  help: "Only this share; others may run beside it, here or on machines with the same disk.",
};
