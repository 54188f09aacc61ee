import { inFolder } from "../../../testing/folder.ts";
import { join } from "node:path";
import { f32, writeSafetensors, type WrittenTensor } from "../../../testing/onnx/safetensors.ts";
import { assertEquals, assertInputError } from "../../../testing/assert.ts";
import { openCheckpoint } from "./checkpoint.ts";
import { diffusersName } from "../transformer/dit_keys.ts";
import { readLora } from "./lora.ts";
import type { Checkpoint } from "./weights.ts";

/** Layers inside and outside a block, with their output and input channels. */
const LAYERS: Record<string, [number, number]> = {
  "blocks.0.self_attn.q": [8, 8],
  "blocks.0.cross_attn.o": [8, 8],
  "blocks.0.ffn.0": [12, 8],
  "blocks.0.ffn.2": [8, 12],
  "head.head": [4, 8],
};

async function writeBase(file: string, name: (key: string) => string): Promise<Checkpoint> {
  await writeSafetensors(
    file,
    Object.fromEntries(
      Object.entries(LAYERS).map(([layer, shape]) => [name(`${layer}.weight`), f32(shape)]),
    ),
  );
  return await openCheckpoint(file, "the transformer");
}

/** A rank-2 update of all layers, under a training script's names. */
function rankTwo(a: (layer: string) => string, b: (layer: string) => string) {
  const tensors: Record<string, WrittenTensor> = {};
  for (const [layer, [out, into]] of Object.entries(LAYERS)) {
    tensors[a(layer)] = f32([2, into]);
    tensors[b(layer)] = { dtype: "BF16", shape: [out, 2] };
  }
  return tensors;
}

const asDiffusers = (layer: string) => diffusersName(`${layer}.weight`).replace(/\.weight$/, "");

/** How training scripts name the two factors. */
const NAMINGS: Record<string, [(layer: string) => string, (layer: string) => string]> = {
  "PEFT, as MicroVerse": [
    (layer) => `${layer}.lora_A.default.weight`,
    (layer) => `${layer}.lora_B.default.weight`,
  ],
  "a training's of the whole": [
    (layer) => `model.diffusion_model.${layer}.lora_A.weight`,
    (layer) => `model.diffusion_model.${layer}.lora_B.weight`,
  ],
  "pipe.dit.": [
    (layer) => `pipe.dit.${layer}.lora_A.default.weight`,
    (layer) => `pipe.dit.${layer}.lora_B.default.weight`,
  ],
  "diffusion_model.": [
    (layer) => `diffusion_model.${layer}.lora_down.weight`,
    (layer) => `diffusion_model.${layer}.lora_up.weight`,
  ],
  "Diffusers": [
    (layer) => `transformer.${asDiffusers(layer)}.lora_A.weight`,
    (layer) => `transformer.${asDiffusers(layer)}.lora_B.weight`,
  ],
};

for (const [naming, [a, b]] of Object.entries(NAMINGS)) {
  Deno.test(
    `a LoRA named as in ${naming} is read for a base of either naming scheme`,
    () =>
      inFolder(async (folder) => {
        const file = join(folder, "lora.safetensors");
        await writeSafetensors(file, rankTwo(a, b));
        for (const name of [(key: string) => key, diffusersName]) {
          const base = await writeBase(join(folder, "base.safetensors"), name);
          const lora = await readLora(file, base);
          assertEquals([...lora.keys()], Object.keys(LAYERS).sort());
          for (const [layer, [out, into]] of Object.entries(LAYERS)) {
            const found = lora.get(layer)!;
            assertEquals([found.a.shape, found.b.shape], [[2, into], [out, 2]]);
            assertEquals([found.a.name, found.b.name, found.scale], [a(layer), b(layer), 1]);
          }
        }
      }),
  );
}

Deno.test(
  "the scale is alpha over rank, in any dtype of numbers",
  () =>
    inFolder(async (folder) => {
      const base = await writeBase(join(folder, "base.safetensors"), (key) => key);
      const file = join(folder, "lora.safetensors");
      const [a, b] = NAMINGS["diffusion_model."];
      await writeSafetensors(file, {
        ...rankTwo(a, b),
        // As kohya's scripts write a whole number that is saved without a dtype.
        "diffusion_model.blocks.0.cross_attn.o.alpha": {
          dtype: "I64",
          shape: [],
          bytes: new Uint8Array(BigInt64Array.of(6n).buffer),
        },
        "diffusion_model.blocks.0.ffn.0.alpha": f32([], [32]),
        "diffusion_model.blocks.0.ffn.2.alpha": {
          dtype: "BF16",
          shape: [1],
          bytes: Uint8Array.of(0x80, 0x3f),
        },
      });
      const lora = await readLora(file, base);
      assertEquals(lora.get("blocks.0.cross_attn.o")?.scale, 3);
      assertEquals(lora.get("blocks.0.ffn.0")?.scale, 16);
      assertEquals(lora.get("blocks.0.ffn.2")?.scale, 0.5);
      assertEquals(lora.get("head.head")?.scale, 1);
    }),
);

const Q = "blocks.0.self_attn.q";
const factors = (a: readonly number[], b: readonly number[], layer = Q) => ({
  [`${layer}.lora_A.weight`]: f32(a),
  [`${layer}.lora_B.weight`]: f32(b),
});

/** LoRAs that are rejected for the base, with parts of the message. */
const WRONG: Record<string, [Record<string, WrittenTensor>, ...string[]]> = {
  "no tensors": [{}, "no tensors"],
  "one factor": [{ [`${Q}.lora_B.weight`]: f32([8, 2]) }, Q, "found no lora_A or lora_down"],
  "an alpha without factors": [{ [`${Q}.alpha`]: f32([], [4]) }, Q, "found no lora_A"],
  "factors of different ranks": [
    factors([2, 8], [8, 3]),
    `${Q}.lora_B.weight`,
    "expected shape [8, 2]",
    "found [8, 3]",
  ],
  "another width": [
    factors([2, 6], [8, 2]),
    `${Q}.lora_A.weight`,
    "expected shape [rank, 8]",
    "found [2, 6]",
  ],
  "factors the other way round": [factors([8, 2], [2, 8]), "[rank, 8]", "found [8, 2]"],
  "a rank of zero": [factors([0, 8], [8, 0]), "found [0, 8]"],
  "a convolution's factor": [factors([2, 8, 1, 1], [8, 2]), "found [2, 8, 1, 1]"],
  "a block that the base lacks": [
    factors([2, 8], [8, 2], "blocks.30.self_attn.q"),
    "blocks.30.self_attn.q.lora_A.weight",
    "base.safetensors, which has no blocks.30.self_attn.q",
  ],
  "a layer that Wan lacks": [
    factors([2, 8], [8, 2], "single_blocks.0.linear1"),
    "single_blocks.0.linear1",
    "such as blocks.0.self_attn.q",
  ],
  "an update of a bias": [
    { [`${Q}.diff_b`]: f32([8]) },
    `${Q}.diff_b`,
    "expected a name ending in",
  ],
  "one layer twice": [
    { ...factors([2, 8], [8, 2]), [`pipe.dit.${Q}.lora_A.weight`]: f32([2, 8]) },
    `pipe.dit.${Q}.lora_A.weight`,
    "expected it once",
  ],
  "factors of two adapters": [
    {
      [`${Q}.lora_A.default.weight`]: f32([2, 8]),
      [`${Q}.lora_B.second.weight`]: f32([8, 2]),
    },
    `${Q}.lora_B.second.weight`,
    "one adapter",
    `${Q}.lora_A.default.weight`,
  ],
  "a factor of whole numbers": [
    { ...factors([2, 8], [8, 2]), [`${Q}.lora_A.weight`]: { dtype: "I8", shape: [2, 8] } },
    `${Q}.lora_A.weight`,
    "found I8",
  ],
  "an unknown factor": [
    { ...factors([2, 8], [8, 2]), [`${Q}.lora_C.weight`]: f32([2, 2]) },
    `${Q}.lora_C.weight`,
    "found none of these",
  ],
  "an alpha of several numbers": [
    { ...factors([2, 8], [8, 2]), [`${Q}.alpha`]: f32([2], [1, 2]) },
    `${Q}.alpha`,
    "found shape [2]",
  ],
  "an alpha that is not a number": [
    { ...factors([2, 8], [8, 2]), [`${Q}.alpha`]: f32([], [NaN]) },
    `${Q}.alpha`,
    "found NaN",
  ],
};

for (const [what, [tensors, ...parts]] of Object.entries(WRONG)) {
  Deno.test(
    `rejected as a LoRA: ${what}`,
    () =>
      inFolder(async (folder) => {
        const base = await writeBase(join(folder, "base.safetensors"), (key) => key);
        const file = join(folder, "lora.safetensors");
        await writeSafetensors(file, tensors);
        await assertInputError(() => readLora(file, base), file, ...parts);
      }),
  );
}
