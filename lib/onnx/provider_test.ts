import { assertEquals, assertInputError } from "../testing/assert.ts";
import { chooseProvider, type Provider, type Trial } from "./provider.ts";

const right = Float32Array.of(1, -2, 4);

/** A machine whose providers return the given trials, or are unavailable. */
function machine(trials: Partial<Record<Provider, Trial>>) {
  const tried: Provider[] = [];
  const attempt = (provider: Provider): Promise<Trial> => {
    tried.push(provider);
    const trial = trials[provider];
    return trial ? Promise.resolve(trial) : Promise.reject(new Error(`no ${provider} here\nstack`));
  };
  return { tried, attempt };
}

const cpu = { values: right, seconds: 1 };

Deno.test("the first provider that agrees with the CPU and is faster is chosen", async () => {
  const near = right.map((value) => value + 0.003);
  const { attempt } = machine({ cpu, cuda: { values: near, seconds: 0.1 } });
  assertEquals((await chooseProvider("auto", attempt)).provider, "cuda");
  const both = machine({ cpu, webgpu: { values: right, seconds: 0.5 } });
  const { provider, considered } = await chooseProvider("auto", both.attempt);
  assertEquals(provider, "webgpu");
  assertEquals(considered[0], { provider: "cuda", why: "it is unavailable: no cuda here" });
});

Deno.test("a provider with wrong results is rejected, under auto and by name", async () => {
  for (
    const values of [
      right.map((value) => value * 1.01),
      right.map(() => NaN),
      right.subarray(1),
      new Float32Array(3),
    ]
  ) {
    const { attempt } = machine({ cpu, webgpu: { values, seconds: 0.01 } });
    const { provider, considered } = await chooseProvider("auto", attempt);
    assertEquals([provider, considered.map((one) => one.provider)], ["cpu", [
      "cuda",
      "webgpu",
      "cpu",
    ]]);
    await assertInputError(() => chooseProvider("webgpu", attempt), "webgpu", "differs");
  }
});

Deno.test("a provider requested by name need not be faster, but must be available", async () => {
  const slow = machine({ cpu, webgpu: { values: right, seconds: 9 } });
  assertEquals((await chooseProvider("auto", slow.attempt)).provider, "cpu");
  assertEquals((await chooseProvider("webgpu", slow.attempt)).provider, "webgpu");
  await assertInputError(() => chooseProvider("cuda", slow.attempt), "cuda", "no cuda here");
  const only = machine({ cpu });
  await chooseProvider("cpu", only.attempt);
  assertEquals(only.tried, []);
});

Deno.test("where the CPU's own values are not finite nothing is compared, and clips say so", async () => {
  const broken = machine({
    cpu: { values: right.map(() => NaN), seconds: 1 },
    webgpu: { values: right, seconds: 0.1 },
  });
  for (const [wanted, chosen] of [["auto", "cpu"], ["webgpu", "webgpu"]] as const) {
    const { provider, considered: [{ why }] } = await chooseProvider(wanted, broken.attempt);
    assertEquals([provider, why.includes("not finite")], [chosen, true]);
  }
});
