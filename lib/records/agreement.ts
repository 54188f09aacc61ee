/** Agreement between two judges. */
import { defineTable, type TableSchema } from "../store/schema.ts";
import type { Dimension } from "./criterion.ts";

/**
 * How far two judges agree in one dimension and on one model's clips (`all` for each), and, for a
 * single model, its mean score and rank under each judge over the clips that both judged: a row of
 * the table `agreement`. For the measures, see `studies/agreement/raters.ts`; intervals are 95%
 * over tasks.
 */
export interface JudgeAgreement {
  /** `judge/judge_model`. */
  first: string;
  /** `judge/judge_model`. */
  second: string;
  /** The scoring rule for means and ranks. */
  rule: string;
  /** The dimension; `all` for all criteria. */
  dimension: Dimension | "all";
  /** The model whose clips were judged; `all` for every model. */
  model: string;
  /** Criteria judged by both. */
  pairs: number;
  /** Criteria put to both that at least one gave no verdict on. */
  nulls: number;
  /** Share of pairs with equal verdicts, 0–1. */
  raw: number | null;
  /** 95% interval of `raw`. */
  raw_low: number | null;
  /** Upper end of the interval. */
  raw_high: number | null;
  /** Cohen's κ. */
  kappa: number | null;
  /** 95% interval of `kappa`. */
  kappa_low: number | null;
  /** Upper end of the interval. */
  kappa_high: number | null;
  /** Mean of the F1 scores of met and not met. */
  macro_f1: number | null;
  /** 95% interval of `macro_f1`. */
  macro_f1_low: number | null;
  /** Upper end of the interval. */
  macro_f1_high: number | null;
  /** Krippendorff's α. */
  alpha: number | null;
  /** 95% interval of `alpha`. */
  alpha_low: number | null;
  /** Upper end of the interval. */
  alpha_high: number | null;
  /** Mean score under the first judge, 0–100. */
  first_mean: number | null;
  /**
   * Rank from 1, shared by models that cannot be told apart; null for a model with too few tasks, and for
   * all where fewer than five are common.
   */
  first_rank: number | null;
  /** Mean score under the second judge, 0–100. */
  second_mean: number | null;
  /** Like `first_rank`, under the second judge. */
  second_rank: number | null;
  /** Number of tasks that the means are over: those that all ranked models have. */
  tasks: number;
}

/** The table `agreement`. */
export const agreementTable: TableSchema<JudgeAgreement> = defineTable({
  name: "agreement",
  columns: {
    first: "utf8",
    second: "utf8",
    rule: "utf8",
    dimension: "utf8",
    model: "utf8",
    pairs: "int32",
    nulls: "int32",
    raw: "float64?",
    raw_low: "float64?",
    raw_high: "float64?",
    kappa: "float64?",
    kappa_low: "float64?",
    kappa_high: "float64?",
    macro_f1: "float64?",
    macro_f1_low: "float64?",
    macro_f1_high: "float64?",
    alpha: "float64?",
    alpha_low: "float64?",
    alpha_high: "float64?",
    first_mean: "float64?",
    first_rank: "int32?",
    second_mean: "float64?",
    second_rank: "int32?",
    tasks: "int32",
  },
  identity: ["first", "second", "rule", "dimension", "model"],
  added: { tasks: 0 },
});
