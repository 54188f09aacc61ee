/** Custom benchmarks, by file path. */
import { resolve } from "node:path";
import { z } from "zod";
import { InputError } from "../errors.ts";
import { lazy } from "../lazy.ts";
import type { BenchmarkEntry } from "./loaded.ts";

const load = lazy<typeof import("./own.ts")>(new URL("./own.ts", import.meta.url));

/** The user's own prompts and rubrics. */
export const file: BenchmarkEntry = {
  name: "file",
  syntax: [{ form: "FILE.json", help: "your own prompts and rubrics, in the released format" }],
  help: "your own prompts and rubrics",
  options: z.object({}),
  async open(argument) {
    if (argument === undefined) {
      throw new InputError("Cannot open a benchmark without a name; expected the path of its file");
    }
    const { readOwnBenchmark } = await load();
    const path = resolve(argument);
    return { ...await readOwnBenchmark(path), spec: path };
  },
};
