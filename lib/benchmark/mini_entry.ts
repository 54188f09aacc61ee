/** The embedded benchmark. */
import { z } from "zod";
import { InputError } from "../errors.ts";
import { lazy } from "../lazy.ts";
import type { BenchmarkEntry } from "./loaded.ts";

const load = lazy<typeof import("./mini.ts")>(new URL("./mini.ts", import.meta.url));

/** MicroWorldBench-Mini. */
export const mini: BenchmarkEntry = {
  name: "mini",
  syntax: [{ form: "mini", help: "MicroWorldBench-Mini: embedded, on simulated worlds" }],
  help: "the embedded benchmark",
  options: z.object({}),
  async open(argument) {
    if (argument !== undefined) {
      throw new InputError(`Cannot open mini:${argument}; expected mini: it is embedded`);
    }
    const { readMini } = await load();
    return { ...await readMini(), spec: "mini" };
  },
};
