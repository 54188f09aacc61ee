/** Verdicts that the released evaluator wrote, by name. */
import { resolve } from "node:path";
import { z } from "zod";
import { type JudgeEntry, judgeEntry } from "./judge_entry.ts";

/** Reads `<model>_result.json` files. */
export const imported: JudgeEntry = judgeEntry({
  name: "imported",
  syntax: [{
    form: "imported:DIR",
    help: "reads the <model>_result.json files that the released evaluator wrote",
  }],
  help: "reads what the released evaluator wrote",
  options: z.object({}),
  bringsVerdicts: true,
  async open({ spec, loaded, note }) {
    const { readImported } = await import("./imported.ts");
    const folder = resolve(spec.argument!);
    const { models, verdicts } = await readImported(folder, loaded.benchmark, spec.label);
    note(`imported  ${models.length} models: ${models.join(", ")}`);
    return { verdicts };
  },
});
