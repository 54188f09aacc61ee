/** The results of `lib/testing/wan/sampling.py`. */
import { join } from "node:path";
import { fixture } from "./fixtures.ts";

/** See the script for details. */
export interface SamplingFixture {
  /** `DEFAULT`, `AVX2` or `AVX512`: PyTorch's last bits are equal on the latter two. */
  capability: string;
  noise: { seed: number; length: number }[];
  schedules: {
    solver: "microverse" | "euler" | "unipc";
    steps: number;
    shift: number;
    sigmas: number[];
    timesteps: number[];
    rounded?: number[];
  }[];
  trajectories: {
    solver: "euler" | "unipc";
    rounding: "none" | "bf16";
    steps: number;
    shift: number;
    seed: number;
    guidance: number;
    shape: number[];
    latents: number[][];
  }[];
}

/** The fixture, or null if Python is unavailable. */
export async function samplingFixture(): Promise<
  SamplingFixture & { read(name: string): Promise<Float32Array> } | null
> {
  const { folder } = await fixture("sampling");
  if (folder === null) return null;
  const results: SamplingFixture = JSON.parse(
    await Deno.readTextFile(join(folder, "sampling.json")),
  );
  return {
    ...results,
    read: async (name) => new Float32Array((await Deno.readFile(join(folder, name))).buffer),
  };
}

/** Whether PyTorch used vector instructions; otherwise its last bits depend on the platform. */
export function isVectorised({ capability }: SamplingFixture): boolean {
  return capability.startsWith("AVX");
}
