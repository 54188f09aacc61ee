/** An ablation as text for a terminal. */
import { type Ablation, FACTORS } from "../../records/ablation.ts";
import { gainName, keptGain } from "./rows.ts";
import { columns } from "../../columns.ts";

/** One line a setting, factor by factor, and what is kept of the gain where prompts are reworded. */
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
  const head = ["factor, model", "value", "total", "to default", "scientific", "to default"];
  return [
    "\nOne thing varied at a time: means over tasks with 95% intervals, * is the default",
    ...columns([[...head, "tasks"], ...lines]),
    ...keptText(rows, gainName(model, base)),
    "",
  ].join("\n");
}

function keptText(rows: readonly Ablation[], gain: string): string[] {
  const kept = keptGain(rows, gain);
  if (kept === null) return [];
  const share = kept.share === null ? "there is no gain to keep" : `${percent(kept.share)} is kept`;
  return [
    "",
    `Scientific fidelity, ${gain}: ${kept.gain.toFixed(1)} points in the benchmark's wording, ` +
    `${kept.reworded.toFixed(1)} reworded; ${share}.`,
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
