/** Compares decoding in tiles with DiffSynth, and the strengths of LoRAs with Diffusers and PEFT. */
import { join, resolve } from "node:path";
import { z } from "zod";
import { columns } from "../../lib/columns.ts";
import { InputError } from "../../lib/errors.ts";
import { openCheckpoint } from "../../lib/models/wan/checkpoint/checkpoint.ts";
import { readJson } from "../../lib/models/wan/checkpoint/json.ts";
import { readLora } from "../../lib/models/wan/checkpoint/lora.ts";
import { diffusersName } from "../../lib/models/wan/transformer/dit_keys.ts";
import { decodeLatents, openVae } from "../../lib/models/wan/vae/decode.ts";
import { WAN_VAE } from "../../lib/models/wan/vae/vae_config.ts";
import { MICROVERSE_TILING } from "../../lib/models/wan/vae/vae_tiles.ts";
import { relativeDifference } from "../../lib/onnx/provider.ts";
import { readTensor } from "../../lib/onnx/safetensors.ts";
import { PROJECT } from "../../lib/paths.ts";
import { ensurePython } from "../../lib/pyenv/python.ts";
import { WAN_RELEASED } from "../../lib/pyenv/requirements.ts";
import { clipOf } from "../../lib/testing/wan/vae.ts";
import { defineTask, main } from "../cli.ts";

const LATENTS = { frames: 2, height: 47, width: 80 };

await main(
  defineTask({
    name: "bench wan-released",
    summary: "Decodes in tiles like DiffSynth, and reads LoRAs' strengths like Diffusers and PEFT.",
    details: "Small random weights; installs PyTorch and PEFT in .cache/ on first use.\n" +
      "For DiffSynth: pip download --no-deps diffsynth==2.1.12 && unzip diffsynth-*.whl",
    flags: {
      diffsynth: z.string().meta({ value: "DIR", help: "The folder diffsynth of its package." }),
    },
  }),
  async ({ diffsynth }, { progress, signal }) => {
    const onProgress = (line: string) => progress.note(line);
    const python = await ensurePython(PROJECT.cache, WAN_RELEASED, { onProgress, signal });
    if (python.path === null) throw new InputError(`The bench needs Python: ${python.reason}`);
    const work = await Deno.makeTempDir({ prefix: "bench-wan-" });
    try {
      progress.note("DiffSynth, Diffusers and PEFT");
      const script = join(PROJECT.root, "tasks", "bench", "wan_released.py");
      const args = [script, "--diffsynth", resolve(diffsynth), "--out", work];
      const env = { HF_HUB_OFFLINE: "1" };
      const { success, stderr } = await new Deno.Command(python.path, { args, env, signal })
        .output();
      if (!success) throw new InputError(new TextDecoder().decode(stderr).trim());
      console.log(columns([["what", "largest difference"], ...await tiles(work)]).join("\n"));
      console.log();
      const head = ["LoRA", "layers", "strengths", "largest difference"];
      console.log(columns([head, ...await loras(work)]).join("\n"));
    } finally {
      await Deno.remove(work, { recursive: true });
    }
  },
);

/** Our frames beside DiffSynth's, relative to their largest value. */
async function tiles(work: string): Promise<string[][]> {
  const values = await openCheckpoint(join(work, "frames.safetensors"), "frames");
  const read = (name: string) => readTensor(values.find(name)!);
  const weights = await openCheckpoint(join(work, "vae.safetensors"), "a VAE");
  const vae = await openVae(weights, { ...WAN_VAE, baseDim: 4 }, "cpu");
  const ours = await clipOf(
    decodeLatents(vae, { values: await read("latents"), ...LATENTS }, {
      tiling: MICROVERSE_TILING,
    }),
  );
  await vae.close();
  const sizes = await readJson(
    join(work, "tiles.json"),
    z.record(z.string(), z.array(z.array(z.int()))),
  );
  return await Promise.all(
    Object.entries(sizes).map(async ([name, [size, stride]]) => [
      `frames, tiles of the ${name} (${size.join("×")}, ${stride.join("×")} apart)`,
      relativeDifference(ours, await read(name)).toExponential(1),
    ]),
  );
}

/** The strengths that we read beside those with which Diffusers applies a LoRA. */
async function loras(work: string): Promise<string[][]> {
  const base = await openCheckpoint(join(work, "base.safetensors"), "a transformer");
  const strengths = await readJson(
    join(work, "strengths.json"),
    z.record(z.string(), z.record(z.string(), z.number())),
  );
  const rows: string[][] = [];
  for (const [name, wanted] of Object.entries(strengths)) {
    const lora = await readLora(join(work, `${name}.safetensors`), base);
    const found = new Map(
      [...lora].map(([layer, { scale }]) => [
        diffusersName(`${layer}.weight`).replace(/\.weight$/, ""),
        scale,
      ]),
    );
    const off = Object.entries(wanted).map(([layer, scale]) =>
      Math.abs((found.get(layer) ?? NaN) - scale)
    );
    const several = [...new Set(Object.values(wanted))].sort((a, b) => a - b).join(", ");
    rows.push([name, `${found.size} of ${off.length}`, several, `${Math.max(...off)}`]);
  }
  return rows;
}
