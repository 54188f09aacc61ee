/** Generators: a task in, a clip out. */
export { clipOfFile, type FoundClip, scanFolder } from "./folder.ts";
export { type Nano, type NanoOptions, openNano } from "./nano/nano.ts";
export { SAMPLING, type Sampling } from "./nano/sample.ts";
export { type Solver, SOLVERS } from "./nano/sampler.ts";
export { simulator } from "./simulator.ts";
export { clipsTable } from "./tables.ts";
export type { Clip, GenerateAllOptions, GenerateOptions, Generator, StepOptions } from "./types.ts";
export { violator } from "./violator.ts";
export type { ClipSize } from "./wan/clip_size.ts";
export { COMPUTES } from "./wan/compute.ts";
export { openWan, type WanOpened, type WanOptions } from "./wan/wan.ts";
export { describeWan } from "./wan/describe.ts";
export { WAN_SOLVERS } from "./wan/sample.ts";
