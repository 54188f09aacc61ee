/** Clips decoded whole and in tiles, compared with Diffusers. */
import { join } from "node:path";
import { relativeDifference } from "../../../onnx/provider.ts";
import { hasSwiftShader, onSwiftShader } from "../../../testing/onnx/swiftshader.ts";
import { assertEquals, assertInputError, assertOk } from "../../../testing/assert.ts";
import { decodeLatents, type DecodeOptions, rgbOf } from "./decode.ts";
import { fixture } from "../../../testing/wan/fixtures.ts";
import { clipOf, openFixture, valuesAt } from "../../../testing/wan/vae.ts";
import { MICROVERSE_TILING, tilesOf, type Tiling } from "./vae_tiles.ts";

/** Diffusers' `enable_tiling()`: tiles of 256 pixels, 192 apart. */
const DIFFUSERS_TILING: Tiling = {
  size: { height: 32, width: 32 },
  stride: { height: 24, width: 24 },
  blend: "crossfade",
};

const references = await fixture("vae");
const skip = { ignore: references.folder === null };

/** Largest accepted difference from Diffusers, relative to the largest value. */
const TOLERANCE = 1e-4;

/** A model, the layouts of its weights, and how its latents are decoded. */
const COMPARED = [
  {
    model: "flat",
    layouts: ["diffusers", "original"],
    values: ["frames", "crossfaded", "averaged"],
  },
  { model: "steep", layouts: ["diffusers"], values: ["frames", "crossfaded", "averaged"] },
  { model: "steep", layouts: ["original"], values: ["frames"] },
  { model: "shallow", layouts: ["original"], values: ["frames", "crossfaded", "averaged"] },
  { model: "bf16", layouts: ["diffusers"], values: ["frames"] },
] as const;

async function tilingAt(folder: string, blend: Tiling["blend"]): Promise<Tiling> {
  const { size, stride } = JSON.parse(await Deno.readTextFile(join(folder, "tiling.json")));
  const sides = ([height, width]: [number, number]) => ({ height, width });
  return { size: sides(size), stride: sides(stride), blend };
}

for (const { model, layouts, values } of COMPARED) {
  for (const layout of layouts) {
    Deno.test({
      ...skip,
      name: `${model}, ${layout}: ${values.join(", ")} match Diffusers`,
      async fn() {
        const folder = join(references.folder!, model);
        const { read, latentsOf } = await valuesAt(folder);
        const vae = await openFixture(folder, layout);
        for (const name of values) {
          const latents = await latentsOf(name === "frames" ? "latents" : "wide");
          const options: DecodeOptions = name === "frames" ? {} : {
            tiling: await tilingAt(folder, name === "averaged" ? "average" : "crossfade"),
          };
          const ours = await clipOf(decodeLatents(vae, latents, options));
          const difference = relativeDifference(ours, await read(name));
          assertOk(difference <= TOLERANCE, `${name}: off by ${difference}`);
        }
        await vae.close();
      },
    });
  }
}

Deno.test({
  ...skip,
  name: "nine tiles of the released sizes match the released arithmetic, other sizes do not",
  async fn() {
    const folder = join(references.folder!, "released");
    const { read, latentsOf } = await valuesAt(folder);
    const vae = await openFixture(folder, "diffusers");
    const latents = await latentsOf("wide");
    const tiles = tilesOf(latents, MICROVERSE_TILING);
    assertEquals(tiles.length, 9);
    const smallest = [17, 28];
    assertEquals([tiles[8].height, tiles[8].width], smallest);
    const reference = await read("averaged");
    const off = async (tiling?: Tiling) =>
      relativeDifference(await clipOf(decodeLatents(vae, latents, { tiling })), reference);
    const [ours, whole, another] = [
      await off(MICROVERSE_TILING),
      await off(),
      await off({
        ...{ size: { height: 34, width: 34 }, stride: { height: 18, width: 16 } },
        blend: "average",
      }),
    ];
    await vae.close();
    assertOk(ours <= TOLERANCE, `off by ${ours}`);
    assertOk(Math.min(whole, another) > 100 * TOLERANCE, `whole ${whole}, others ${another}`);
  },
});

Deno.test("a clip of the released size is decoded in nine tiles of 30 by 52 latents", () => {
  const tiles = tilesOf({ height: 60, width: 104 }, MICROVERSE_TILING);
  assertEquals(
    tiles.map(({ top, left, height, width }) => [top, left, height, width]),
    [0, 15, 30].flatMap((top) => [0, 26, 52].map((left) => [top, left, 30, 52])),
  );
});

Deno.test({
  ...skip,
  name: "frames are yielded one by one, the same for runs of any length, until aborted",
  async fn() {
    const folder = join(references.folder!, "flat");
    const { latentsOf } = await valuesAt(folder);
    const latents = await latentsOf("latents");
    const vae = await openFixture(folder, "diffusers");
    const done: number[][] = [];
    const onProgress = (...now: number[]) => done.push(now);
    const alone = await Array.fromAsync(decodeLatents(vae, latents, { onProgress }));
    assertEquals(alone.map(({ length }) => length), Array(1 + 4 * 3).fill(3 * 48 * 40));
    assertEquals(done, [[1, 4], [2, 4], [3, 4], [4, 4]]);
    const together = await Array.fromAsync(decodeLatents(vae, latents, { together: 2 }));
    assertOk(alone.every((frame, t) => relativeDifference(together[t], frame) < 1e-5));
    // Tiles larger than the clip change nothing.
    const whole = decodeLatents(vae, latents, { tiling: DIFFUSERS_TILING });
    assertEquals(await Array.fromAsync(whole), alone);

    const stop = new AbortController();
    const frames = decodeLatents(vae, latents, { signal: stop.signal });
    await frames.next();
    stop.abort(new Error("stopped"));
    assertEquals(await frames.next().then(() => "decoded", ({ message }) => message), "stopped");

    const wrong = decodeLatents(vae, { ...latents, frames: 5 });
    const message = await wrong.next().then(() => "", ({ message }) => message);
    assertOk(message.includes("[16, 5, 6, 5]"), message);
    const none = decodeLatents(vae, latents, { together: 0 }).next();
    assertOk((await none.then(() => "", ({ message }) => message)).includes("1 or more"));
    const gaps: Tiling = { ...DIFFUSERS_TILING, size: { height: 4, width: 2 } };
    await assertInputError(
      () => decodeLatents(vae, latents, { tiling: gaps }).next(),
      "tiles of height 4, 24 apart",
    );
    await vae.close();
  },
});

Deno.test("colours are rounded down to bytes, without wrapping", () => {
  const frame = Float32Array.of(-1, -0.9961, 0.9999, 1, 0, 0, 0, 0, 1, 1, 1, 1);
  assertEquals([...rgbOf(frame)], [0, 127, 255, 0, 127, 255, 254, 127, 255, 255, 127, 255]);
});

const webgpu = await hasSwiftShader("Wan's VAE on WebGPU");

// All channel counts are multiples of 4, as in the published model: onnxruntime 1.30's WebGPU computes
// 3 × 3 convolutions wrongly from a multiple of 3 that is not one of 4 to a multiple of 4.
Deno.test({
  ignore: skip.ignore || !webgpu,
  name: "WebGPU decodes like Diffusers",
  async fn() {
    const module = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
    const folder = join(references.folder!, "shallow");
    const script = `
      import { relativeDifference } from ${module("../../../onnx/provider.ts")};
      import { decodeLatents } from ${module("./decode.ts")};
      import { clipOf, openFixture, valuesAt } from ${module("../../../testing/wan/vae.ts")};
      const [folder] = Deno.args;
      const vae = await openFixture(folder, "original", "webgpu");
      const { read, latentsOf } = await valuesAt(folder);
      const clip = await clipOf(decodeLatents(vae, await latentsOf("latents")));
      console.log(relativeDifference(clip, await read("frames")));
      Deno.exit(0);
    `;
    const { output, error } = await onSwiftShader(script, [folder]);
    assertOk(output !== "" && Number(output) <= TOLERANCE, output + error);
  },
});
