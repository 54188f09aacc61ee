/** A text summary of an ablation for the terminal. */
import { type Ablation, FACTORS } from "../../records/ablation.ts";
import { gainName, retainedGain } from "./rows.ts";
import { columns } from "../../columns.ts";

/**
 * One line per setting, grouped by factor, and the share of the gain retained with reworded
 * prompts.
 */
export function ablationText(rows: readonly Ablation[], model: string, base: string): string {
  const lines = FACTORS.flatMap((factor) => {
    const own = rows.filter((row) => row.factor === factor && row.group === "all");
    return own.map((all) => {
      const scientific = rows.find((row) =>
        row.factor === factor && row.model === all.model && row.place === all.place &&
        row.group === "scientific"
      )!;
      return [
        `${factor}, ${all.model}`,
        `${all.value}${all.is_default ? " *" : ""}`,
        score(all),
        difference(all),
        score(scientific),
        difference(scientific),
        String(scientific.tasks),
      ];
    });
  });
  const head = ["factor, model", "value", "total", "vs default", "scientific", "to default"];
  return [
    "\nOne factor varied at a time: means over tasks with 95% intervals; * marks the default",
    ...columns([[...head, "tasks"], ...lines]),
    ...retainedText(rows, gainName(model, base)),
    "",
  ].join("\n");
}

function retainedText(rows: readonly Ablation[], gain: string): string[] {
  const retained = retainedGain(rows, gain);
  if (retained === null) return [];
  const share = retained.share === null
    ? "there is no gain"
    : `${percent(retained.share)} is retained`;
  return [
    "",
    `Scientific fidelity, ${gain}: ${
      retained.gain.toFixed(1)
    } points with the benchmark's wording, ` +
    `${retained.reworded.toFixed(1)} reworded; ${share}.`,
  ];
}

function score({ mean, ci_low, ci_high }: Ablation): string {
  return estimate(mean, ci_low, ci_high);
}

function difference(row: Ablation): string {
  return estimate(row.difference, row.difference_low, row.difference_high);
}

function estimate(value: number | null, low: number | null, high: number | null): string {
  if (value === null) return "–";
  const own = value.toFixed(1);
  return low === null || high === null ? own : `${own} [${low.toFixed(1)}, ${high.toFixed(1)}]`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)}%`;
}
