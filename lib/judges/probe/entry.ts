/** The judge that measures, by name. */
import { z } from "zod";
import { InputError } from "../../errors.ts";
import { type JudgeEntry, judgeEntry } from "../judge_entry.ts";

/** Measures frames against the thresholds of criteria that have a probe. */
export const probe: JudgeEntry = judgeEntry({
  name: "probe",
  syntax: [{
    form: "probe",
    help: "measures frames against thresholds; for benchmarks with probes (mini)",
  }],
  help: "measures frames against thresholds",
  options: z.object({}),
  refuses({ benchmark: { name, criteria } }) {
    if (criteria.some(({ probe }) => probe !== "")) return null;
    return `The judge probe cannot judge ${name}: none of its criteria is bound to a probe`;
  },
  async open({ spec, loaded }) {
    const reason = probe.refuses!(loaded);
    if (reason !== null) throw new InputError(reason);
    const { probeJudge } = await import("./judge.ts");
    const judge = probeJudge();
    return { judge: { ...judge, name: spec.label ?? judge.name } };
  },
});
