/** The table of this room. */
import { defineTable } from "../store/schema.ts";
import type { Verdict } from "./judge.ts";

export const verdictsTable = defineTable<Verdict>({
  name: "verdicts",
  columns: {
    judge: "utf8",
    judge_model: "utf8",
    model: "utf8",
    task: "int32",
    seed: "int32",
    dimension: "utf8",
    criterion: "int32",
    met: "bool?",
    reason: "utf8",
    evidence: "utf8",
    frames_hash: "utf8",
    prompt_hash: "utf8",
    attempts: "int32",
    latency_ms: "float64",
    prompt_tokens: "int32",
    completion_tokens: "int32",
    cost_usd: "float64",
    key: "utf8",
  },
  identity: ["judge", "judge_model", "model", "task", "seed", "dimension", "criterion"],
});
