/** How a judge is called wherever it is shown. */
import type { Verdict } from "../records/verdict.ts";

/** Whose verdicts they are. */
export type JudgeOf = Pick<Verdict, "judge" | "judge_model">;

/** How the `judge_model` of labels by hand begins; the version of their sheet follows. */
export const SHEET = "sheet-";

/** Whether verdicts of this `judge_model` are labels by hand. */
export function isByHand(judge_model: string): boolean {
  return judge_model.startsWith(SHEET);
}

/**
 * A judge's name, followed by the model where one is asked: `probe`, `anna`, `openai (gpt-4o)`. Where one
 * name stands for several sheets or versions, which `judge` then says, these follow likewise.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { judgeLabel } from "./judge_label.ts";
 *
 * const label = (judge: string, judge_model: string) => judgeLabel({ judge, judge_model });
 * assertEquals(label("probe", "probe"), "probe");
 * assertEquals(label("anna", "sheet-2"), "anna");
 * assertEquals(label("anna/sheet-2", "sheet-2"), "anna (sheet-2)");
 * assertEquals(label("openai", "gpt-4o"), "openai (gpt-4o)");
 * assertEquals(label("openai/gpt-4o", "gpt-4o"), "openai (gpt-4o)");
 * ```
 */
export function judgeLabel({ judge, judge_model }: JudgeOf): string {
  const suffix = `/${judge_model}`;
  const isApart = judge.endsWith(suffix);
  const name = isApart ? judge.slice(0, -suffix.length) : judge;
  const isClear = judge_model === "probe" || judge_model === "unknown" ||
    isByHand(judge_model) || name === judge_model;
  return isClear && !isApart ? name : `${name} (${judge_model})`;
}

/**
 * The labels of the judges of some verdicts, sorted; of judges of one label, the name with a slash that
 * tells them apart.
 */
export function judgeLabels(verdicts: readonly JudgeOf[]): string[] {
  const byLabel = Map.groupBy(verdicts, judgeLabel);
  return [...byLabel].flatMap(([label, own]) => {
    const names = new Set(own.map(({ judge, judge_model }) => `${judge}/${judge_model}`));
    return names.size > 1 ? [...names] : [label];
  }).sort();
}
