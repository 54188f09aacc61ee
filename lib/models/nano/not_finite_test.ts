/** Nano's networks with weights that are not finite make no clip. */
import { join } from "node:path";
import type { Task } from "../../records/task.ts";
import { PROJECT } from "../../paths.ts";
import { sha256 } from "../../store/key.ts";
import { assertEquals, assertInputError } from "../../testing/assert.ts";
import { inFolder } from "../../testing/folder.ts";
import { openNano } from "./nano.ts";

/** A copy of the embedded weights, one value of a network's first large tensor being NaN. */
async function spoilt(folder: string, file: string): Promise<void> {
  const manifest = JSON.parse(await Deno.readTextFile(join(PROJECT.models, "models.json")));
  for (const name of ["decoder.onnx", "s-base.onnx", "s-base-text.onnx"]) {
    const bytes = await Deno.readFile(join(PROJECT.models, name));
    if (name === file) {
      // A tensor's name ends in .half; its raw data follow, a tag and their length before them.
      const text = new TextDecoder("latin1").decode(bytes);
      let at = text.indexOf(".half\x4a", text.indexOf(".half\x4a") + 1) + ".half\x4a".length;
      while (bytes[at] >= 128) at++;
      new DataView(bytes.buffer).setUint16(at + 1, 0x7e00, true);
    }
    await Deno.writeFile(join(folder, name), bytes);
    manifest.files[name] = { bytes: bytes.length, sha256: sha256(bytes) };
  }
  await Deno.writeTextFile(join(folder, "models.json"), JSON.stringify(manifest));
}

const task: Task = {
  ...{ benchmark: "mini", task: 1, scale: "cell", prompt: "a cell", requirement: "", source: "" },
};

for (
  const [file, provider, where] of [
    ["s-base.onnx", "auto", "in step 1 of 1, velocity computed by"],
    ["decoder.onnx", "cpu", "while decoding, "],
  ] as const
) {
  Deno.test(`a NaN in ${file} makes no clip on ${provider}`, () =>
    inFolder(async (folder) => {
      await spoilt(folder, file);
      using nano = await openNano({
        ...{ folder, model: "s-base", provider, sampling: { steps: 1 } },
      });
      const say = await assertInputError(
        () => nano.generate(task, { seed: 0 }),
        where,
        file,
        "NaN in ",
        "training have diverged",
      );
      assertEquals(say.includes("NaN in 0"), false);
    }));
}
