import { assertEquals, assertInputError, assertNear, assertOk } from "../../../testing/assert.ts";
import { isVectorised, samplingFixture } from "../../../testing/wan/sampling.ts";
import { torchNoise } from "./torch_noise.ts";

const references = await samplingFixture();

Deno.test({
  name: "noise equals torch.randn bit for bit",
  ignore: references === null,
  async fn() {
    assertOk(references!.noise.length >= 12);
    for (const { seed, length } of references!.noise) {
      const noise = torchNoise(seed, length);
      const reference = await references!.read(`noise-${seed}-${length}.f32`);
      if (isVectorised(references!) || length < 16) {
        assertEquals(new Uint32Array(noise.buffer), new Uint32Array(reference.buffer));
      } else {
        assertEquals(noise.length, reference.length);
        noise.forEach((value, i) =>
          assertNear(value, reference[i], 2e-6, `seed ${seed}, value ${i}`)
        );
      }
    }
  },
});

Deno.test("noise is standard normal, and independent between seeds", () => {
  const [a, b] = [torchNoise(1, 40_000), torchNoise(2, 40_000)];
  const mean = (values: Float32Array, of: (value: number, i: number) => number) =>
    values.reduce((sum, value, i) => sum + of(value, i), 0) / values.length;
  // Within four standard errors.
  for (const noise of [a, b]) {
    assertNear(mean(noise, (x) => x), 0, 4 / 200);
    assertNear(mean(noise, (x) => x ** 2), 1, 4 * Math.SQRT2 / 200);
    assertNear(mean(noise, (x) => Math.abs(x) < 1 ? 1 : 0), 0.6827, 4 * 0.4655 / 200);
    assertNear(mean(noise, (x, i) => x * (noise[i + 8] ?? 0)), 0, 4 / 200);
  }
  assertNear(mean(a, (x, i) => x * b[i]), 0, 4 / 200);
});

Deno.test("as in PyTorch, the lower 32 bits of a seed count; other numbers are rejected", async () => {
  assertEquals(torchNoise(2 ** 32 + 42, 32), torchNoise(42, 32));
  assertEquals(torchNoise(3, 0), new Float32Array());
  for (const seed of [-1, 1.5, NaN, 2 ** 53]) {
    await assertInputError(() => torchNoise(seed, 16), `seed ${seed}`);
  }
});
