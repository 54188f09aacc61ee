import { inFolder } from "../../../testing/folder.ts";
import { join } from "node:path";
import { f32, writeSafetensors } from "../../../testing/onnx/safetensors.ts";
import { assertEquals, assertInputError } from "../../../testing/assert.ts";
import { latestCheckpoint, openFineTune } from "./fine_tune.ts";

Deno.test(
  "the latest checkpoint has the largest number, not the last name in alphabetical order",
  () =>
    inFolder(async (folder) => {
      assertEquals(await latestCheckpoint(folder), null);
      await assertInputError(() => latestCheckpoint(join(folder, "none")), "none");
      for (const name of ["step-5000", "step-900", "step-10000"]) {
        await Deno.mkdir(join(folder, name));
      }
      for (const name of ["step-x", "step-99999.tmp", "logs-20000", "step-30000.safetensors"]) {
        await Deno.mkdir(join(folder, name));
      }
      await Deno.writeTextFile(join(folder, "step-40000"), "a folder is expected under this name");
      const latest = { path: join(folder, "step-10000"), step: 10_000 };
      assertEquals(await latestCheckpoint(folder), latest);
      await writeSafetensors(join(folder, "step-12000.safetensors"), {});
      const file = { path: join(folder, "step-12000.safetensors"), step: 12_000 };
      assertEquals(await latestCheckpoint(folder), file);
      await Deno.symlink(folder, join(folder, "step-13000"));
      assertEquals((await latestCheckpoint(folder))!.step, 13_000);
    }),
);

Deno.test(
  "checkpoints without a clear order are rejected",
  () =>
    inFolder(async (folder) => {
      await Deno.mkdir(join(folder, "step-500"));
      await Deno.mkdir(join(folder, "step-0500"));
      await assertInputError(() => latestCheckpoint(folder), folder, "step-500", "step-0500");
      await Deno.remove(join(folder, "step-0500"));
      await Deno.mkdir(join(folder, "checkpoint-7"));
      await assertInputError(() => latestCheckpoint(folder), folder, "step-500", "checkpoint-7");
    }),
);

Deno.test(
  "a fine-tune is read without its prefix, from a file or a training run's latest checkpoint",
  () =>
    inFolder(async (folder) => {
      const tensors = (prefix: string, size: number) => ({
        [`${prefix}patch_embedding.weight`]: f32([size, 16, 1, 2, 2]),
        [`${prefix}head.head.bias`]: f32([64]),
      });
      for (const prefix of ["", "pipe.dit.", "model.", "dit.", "model.diffusion_model."]) {
        const file = join(folder, `full${prefix}.safetensors`);
        await writeSafetensors(file, { ...tensors(prefix, 8), "ema.step": f32([]) });
        const checkpoint = await openFineTune(file);
        const others = prefix === "" ? ["ema.step"] : [];
        assertEquals(checkpoint.names(), [...others, "head.head.bias", "patch_embedding.weight"]);
        assertEquals(checkpoint.get("head.head.bias", [64]).name, `${prefix}head.head.bias`);
      }
      for (const [step, size] of [[5000, 4], [10_000, 8]]) {
        await Deno.mkdir(join(folder, `step-${step}`));
        const file = join(folder, `step-${step}`, "model.safetensors");
        await writeSafetensors(file, tensors("pipe.dit.", size));
      }
      const latest = await openFineTune(folder);
      assertEquals(latest.get("patch_embedding.weight", [8, 16, 1, 2, 2]).shape[0], 8);
      assertEquals(latest.name, join(folder, "step-10000"));
    }),
);

Deno.test(
  "incomplete transformers are rejected as fine-tunes",
  () =>
    inFolder(async (folder) => {
      const file = join(folder, "step-10.safetensors");
      await writeSafetensors(file, { "blocks.0.ffn.0.lora_A.default.weight": f32([2, 8]) });
      for (const path of [file, folder]) {
        await assertInputError(() => openFineTune(path), file, "expected full weights", "ffn.0");
      }
      await writeSafetensors(file, { "vace_patch_embedding.weight": f32([2]) });
      await assertInputError(() => openFineTune(file), file, "vace_patch_embedding.weight");
      const twice = { "a.patch_embedding.weight": f32([2]), "b.patch_embedding.weight": f32([2]) };
      await writeSafetensors(file, twice);
      await assertInputError(() => openFineTune(file), file, ...Object.keys(twice));
      await assertInputError(() => openFineTune(join(folder, "none")), "none");
    }),
);
