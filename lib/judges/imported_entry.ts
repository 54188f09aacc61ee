/** Verdicts that the released evaluator wrote, by name. */
import { resolve } from "node:path";
import { z } from "zod";
import { lazy } from "../lazy.ts";
import type { JudgeEntry } from "./judge_entry.ts";

const load = lazy<typeof import("./imported.ts")>(new URL("./imported.ts", import.meta.url));

/** Reads `<model>_result.json` files. */
export const imported: JudgeEntry = {
  name: "imported",
  syntax: [{
    form: "imported:DIR",
    help: "reads the <model>_result.json files that the released evaluator wrote",
  }],
  help: "reads what the released evaluator wrote",
  options: z.object({}),
  bringsVerdicts: true,
  beginsRun: true,
  async open({ spec, loaded, note }) {
    const { readImported } = await load();
    const folder = resolve(spec.argument!);
    const { models, verdicts } = await readImported(folder, loaded.benchmark, spec.label);
    note(`imported  ${models.length} models: ${models.join(", ")}`);
    return { verdicts };
  },
};
