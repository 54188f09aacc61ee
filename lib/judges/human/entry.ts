/** Labels that people gave, by name. */
import { resolve } from "node:path";
import { z } from "zod";
import { lazy } from "../../lazy.ts";
import type { JudgeEntry } from "../judge_entry.ts";

const load = lazy<typeof import("./labels.ts")>(new URL("./labels.ts", import.meta.url));

/** Reads a sheet that a person filled in. */
export const human: JudgeEntry = {
  name: "human",
  syntax: [{
    form: "human:FILE",
    help: "reads a sheet that deno task label wrote and a person filled in",
  }],
  help: "reads a sheet that a person filled in",
  options: z.object({}),
  bringsVerdicts: true,
  async open({ spec, loaded, paths }) {
    const { readAnswered } = await load();
    const { criteria } = loaded.benchmark;
    const judge = spec.label ?? "human";
    return { verdicts: await readAnswered(resolve(spec.argument!), { judge, criteria, paths }) };
  },
};
