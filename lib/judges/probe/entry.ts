/** The judge that measures, by name. */
import { z } from "zod";
import { InputError } from "../../errors.ts";
import { lazy } from "../../lazy.ts";
import type { JudgeEntry } from "../judge_entry.ts";

const load = lazy<typeof import("./judge.ts")>(new URL("./judge.ts", import.meta.url));

/** Measures frames against the thresholds of criteria that have a probe. */
export const probe: JudgeEntry = {
  name: "probe",
  syntax: [{
    form: "probe",
    help: "measures frames against thresholds; for benchmarks with probes (mini)",
  }],
  help: "measures frames against thresholds",
  options: z.object({}),
  refuses({ benchmark: { name, criteria } }) {
    if (criteria.some(({ probe }) => probe !== "")) return null;
    return `The judge probe cannot judge ${name}: none of its criteria is bound to a probe; ` +
      "have a model judge it with deno task judge --judge openai:MODEL";
  },
  async open({ spec, loaded }) {
    const reason = probe.refuses!(loaded);
    if (reason !== null) throw new InputError(reason);
    const { probeJudge } = await load();
    const judge = probeJudge();
    return { judge: { ...judge, name: spec.label ?? judge.name } };
  },
};
