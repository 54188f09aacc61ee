/** What `lib/testing/wan/sampling.py` left, as its tests read it. */
import { join } from "node:path";
import { fixture } from "./fixtures.ts";

/** See the script for what each was made of. */
export interface SamplingFixture {
  /** `DEFAULT`, `AVX2` or `AVX512`: torch's last bits are the same on the latter two. */
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

/** The fixture, or null where there is no Python to make it. */
export async function samplingFixture(): Promise<
  SamplingFixture & { read(name: string): Promise<Float32Array> } | null
> {
  const { folder } = await fixture("sampling");
  if (folder === null) return null;
  const made: SamplingFixture = JSON.parse(await Deno.readTextFile(join(folder, "sampling.json")));
  return {
    ...made,
    read: async (name) => new Float32Array((await Deno.readFile(join(folder, name))).buffer),
  };
}

/** Whether torch's vector instructions were there: else its last bits are the platform's own. */
export function isVectorised({ capability }: SamplingFixture): boolean {
  return capability.startsWith("AVX");
}
