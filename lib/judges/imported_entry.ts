/** Verdicts that the released evaluator wrote, by name. */
import { resolve } from "node:path";
import { z } from "zod";
import { InputError } from "../errors.ts";
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
    const { readImported, refusalText } = await load();
    const folder = resolve(spec.argument!);
    const judge = spec.label ?? "imported";
    const read = await readImported(folder, loaded.benchmark, judge);
    const { models, verdicts, problems, notes } = read;
    note(`imported  ${models.length} models: ${models.join(", ")}`);
    notes.forEach(note);
    const source = { judge, folder, models };
    if (problems.length === 0) return { verdicts, source };
    return { verdicts, source, refused: new InputError(refusalText(folder, read)) };
  },
};
