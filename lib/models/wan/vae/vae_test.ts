/** The decoder's graphs: the tensors that they read, and invalid checkpoints. */
import { join } from "node:path";
import type { Dtype } from "../../../onnx/types.ts";
import { assertEquals, assertInputError, assertOk } from "../../../testing/assert.ts";
import { fixture } from "../../../testing/wan/fixtures.ts";
import { vaeGraphs } from "./vae.ts";
import { parseVaeConfig, WAN_VAE } from "./vae_config.ts";
import { checkpointAt, configAt } from "../../../testing/wan/vae.ts";
import { type Checkpoint, checkpointOf } from "../checkpoint/weights.ts";

const references = await fixture("vae");
const skip = { ignore: references.folder === null };

/** A checkpoint that has every requested tensor, and records the requests. */
function stub(layout: "diffusers" | "original", dtype: Dtype = "F32") {
  const requested = new Map<string, number>();
  const first = layout === "diffusers" ? "decoder.conv_in.weight" : "decoder.conv1.weight";
  const checkpoint: Checkpoint = {
    name: "stub",
    get(name, shape) {
      const size = shape.reduce((a, b) => a * b, 1);
      requested.set(name, size);
      // Every tensor has its own offset: equal offsets would be one tensor.
      const offset = 2 ** 20 * requested.size;
      return { name, dtype, shape, file: "/w/vae.safetensors", offset, length: 4 * size };
    },
    find: () => undefined,
    has: (name) => name === first,
    names: () => [...requested.keys()],
  };
  return { checkpoint, requested };
}

Deno.test({
  ...skip,
  name: "the published configuration requests all of the decoder's parameters",
  async fn() {
    const counts = JSON.parse(await Deno.readTextFile(join(references.folder!, "counts.json")));
    for (const layout of ["diffusers", "original"] as const) {
      const { checkpoint, requested } = stub(layout);
      const { first, rest, caches } = vaeGraphs(checkpoint, WAN_VAE);
      const parameters = requested.values().reduce((sum, size) => sum + size, 0);
      assertEquals([requested.size, parameters], counts);
      assertEquals([first.folder, rest.folder], ["/w", "/w"]);
      // Two convolutions in each of 14 blocks, the first and the last, and two between frames.
      assertEquals(caches.length, 2 * 14 + 2 + 2);
      assertEquals(caches.filter(({ fromFirst }) => !fromFirst).map(({ scale }) => scale), [1, 2]);
      assertEquals(caches.at(-1)!.channels, 96);
      assertEquals(caches.at(-1)!.scale, 8);
    }
  },
});

Deno.test({
  ...skip,
  name: "every tensor of the decoder is used; a missing or wrong one is rejected by name",
  async fn() {
    const folder = join(references.folder!, "steep");
    const config = await configAt(folder);
    for (const layout of ["diffusers", "original"] as const) {
      const whole = await checkpointAt(folder, layout);
      const { checkpoint, requested } = stub(layout);
      vaeGraphs(checkpoint, config);
      const ofDecoder = whole.names().filter((name) => /^(decoder|post_quant|conv2)/.test(name));
      assertEquals([...requested.keys()].sort(), ofDecoder);

      const tensors = new Map(
        [...requested.keys()].map((name) => [name, { ...checkpoint.get(name, [1]) }]),
      );
      const narrow = checkpointOf("narrow.safetensors", tensors);
      await assertInputError(
        () => vaeGraphs(narrow, config),
        layout === "diffusers" ? "post_quant_conv.weight" : "conv2.weight",
        "/w/vae.safetensors",
        "[16, 16, 1, 1, 1]",
        "[1]",
      );
    }
    const whole = await checkpointAt(folder, "original");
    await assertInputError(
      () => vaeGraphs(whole, { ...config, baseDim: 96 }),
      "decoder.conv1.weight",
      "original.safetensors",
      "[384, 16, 3, 3, 3]",
      "[16, 16, 3, 3, 3]",
    );
    await assertInputError(
      () => vaeGraphs(whole, { ...config, temporalUpsample: [true, true, true] }),
      "decoder.upsamples.11.time_conv.weight",
    );
  },
});

Deno.test("copies with the prefix model. are read; another network is rejected", async () => {
  const { checkpoint, requested } = stub("original");
  const has = (name: string) => name === "model.decoder.conv1.weight";
  vaeGraphs({ ...checkpoint, has }, WAN_VAE);
  assertOk([...requested.keys()].every((name) => name.startsWith("model.")));
  const at = { dtype: "F32", shape: [1], file: "/w/t5.safetensors", offset: 0, length: 4 } as const;
  const other = checkpointOf(
    "/w/t5.safetensors",
    new Map([["shared.weight", {
      name: "shared.weight",
      ...at,
    }]]),
  );
  await assertInputError(
    () => vaeGraphs(other, WAN_VAE),
    "/w/t5.safetensors",
    "decoder.conv1.weight",
    "shared.weight",
  );
  await assertInputError(
    () => vaeGraphs(stub("original", "I64").checkpoint, WAN_VAE),
    "conv2.weight",
    "I64",
  );
});

Deno.test("a fixed latent size fixes the sizes of the caches", () => {
  const { checkpoint } = stub("diffusers");
  const open = vaeGraphs(checkpoint, WAN_VAE);
  const fixed = vaeGraphs(checkpoint, WAN_VAE, { height: 34, width: 32 });
  assertEquals(fixed.caches, open.caches);
  const text = (bytes: Uint8Array) => new TextDecoder("latin1").decode(bytes);
  assertOk(text(open.rest.bytes).includes("height_times_8"));
  assertOk(!text(fixed.rest.bytes).includes("height"));
});

Deno.test("an inconsistent configuration is rejected with its problems", async () => {
  await assertInputError(
    () => parseVaeConfig({ z_dim: 4, dim_mult: [1, 2] }, "vae/config.json"),
    "vae/config.json",
    "latents_std: expected 4 values (z_dim), found 16",
    "temperal_downsample: expected 1 values (one less than dim_mult), found 3",
  );
  await assertInputError(() => parseVaeConfig({ patch_size: 2 }, "c.json"), "c.json", "patch_size");
  await assertInputError(() => parseVaeConfig([], "c.json"), "c.json");
});
