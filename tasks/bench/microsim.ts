/**
 * How well the probe judge distinguishes true from violated worlds, and the speed of simulation and
 * judging.
 */
import { z } from "zod";
import { median } from "../../lib/statistics.ts";
import {
  type ExamClip,
  examKinds,
  type ExamRow,
  isDegenerate,
} from "../../lib/studies/calibration/exam.ts";
import { openBenchmark } from "../../lib/benchmark/registry.ts";
import { type Variant, VARIANTS } from "../../lib/studies/calibration/degrade.ts";
import { openWorkers } from "../../lib/workers.ts";
import { columns } from "../../lib/columns.ts";
import { count, text, whole } from "../../lib/options.ts";
import { defineTask, main } from "../cli.ts";
import { saveResult } from "./save.ts";

/** Number of seeds per task for clips that deserve no credit. */
const CONTROL_SEEDS = 2;

await main(
  defineTask({
    name: "bench microsim",
    summary: "Simulates true, violated and degenerate clips, and judges them with the probe.",
    details:
      "A clip is faulted if it fails a scientific criterion. The default seeds are held out: pass\n" +
      "--first-seed 0 while developing.",
    flags: {
      world: text("NAME", "Only this world."),
      seeds: count("Seeds per world, spread over its tasks.", 50),
      "first-seed": whole("The first seed.", 20_000),
      variants: z.string().default("raw,h264,degraded").transform((list) => list.split(","))
        .pipe(z.array(z.enum(VARIANTS))).meta({
          value: "LIST",
          help: `Some of ${VARIANTS.join(", ")}.`,
        }),
      verbose: z.boolean().default(false).meta({ help: "Show every unexpected fault." }),
    },
  }),
  async ({ world: only, seeds, "first-seed": first, variants, verbose }, { progress, signal }) => {
    const { scenes } = await openBenchmark("mini");
    const clips: ExamClip[] = [];
    const byWorld = Map.groupBy(scenes!, ([, { world }]) => world);
    for (const [name, tasks] of byWorld) {
      if (only !== undefined && name !== only) continue;
      for (const violation of examKinds(tasks[0][1])) {
        const count = isDegenerate(violation) ? CONTROL_SEEDS * tasks.length : seeds;
        for (let i = 0; i < count; i++) {
          clips.push({ task: tasks[i % tasks.length][0], seed: first + i, violation });
        }
      }
    }
    const rows: ExamRow[] = [];
    const module = new URL("./microsim_worker.ts", import.meta.url);
    using workers = openWorkers<{ clip: ExamClip; variants: Variant[] }, ExamRow[]>(module, {
      workers: navigator.hardwareConcurrency,
    });
    await Promise.all(clips.map(async (clip, i) => {
      const found = await workers.do({ clip, variants });
      signal.throwIfAborted();
      rows.push(...found);
      if (i % 20 === 0) progress.note(`${rows.length / variants.length} of ${clips.length} clips`);
    }));
    console.log(tableOf(rows, variants));
    if (verbose) console.log(unexpected(rows));
    await saveResult(`microsim${only ? `-${only}` : ""}`, rows, 1);
  },
);

function tableOf(rows: readonly ExamRow[], variants: readonly Variant[]): string {
  const lines = [["world", "variant", "planted", "clips", "faulted", "lowest", "highest", "by"]];
  const groups = Map.groupBy(
    rows,
    ({ world, variant, violation }) => `${world}|${variant}|${violation}`,
  );
  for (const group of groups.values()) {
    const [{ world, variant, violation }] = group;
    const scores = group.map(({ score, high }) => isDegenerate(violation) ? high : score)
      .filter((score) => score !== null);
    const by = Map.groupBy(group.flatMap(scientific), ({ measure }) => measure);
    lines.push([
      world,
      variant,
      violation || "nothing",
      String(group.length),
      String(group.filter((row) => scientific(row).length > 0).length),
      Math.min(...scores).toFixed(1),
      Math.max(...scores).toFixed(1),
      [...by].map(([measure, own]) => `${measure} ${own.length}`).join(", "),
    ]);
  }
  const totals = variants.flatMap((variant) => {
    const own = rows.filter((row) => row.variant === variant && !isDegenerate(row.violation));
    const share = (some: readonly ExamRow[]) =>
      (some.filter((row) => scientific(row).length > 0).length / some.length).toFixed(3);
    const worst = Math.max(
      ...rows.filter((row) => row.variant === variant && isDegenerate(row.violation))
        .map(({ high }) => high ?? 0),
    );
    return `${variant}: violations found ${
      share(own.filter(({ violation }) => violation !== ""))
    }, correct ` +
      `true clips faulted ${
        share(own.filter(({ violation }) => violation === ""))
      }, degenerate clips score at ` +
      `most ${worst.toFixed(1)}`;
  });
  const seconds = (of: (row: ExamRow) => number) => median(rows.map(of)).toFixed(2);
  return [
    "",
    ...columns(lines),
    "",
    ...totals,
    `median seconds per clip: simulated in ${seconds((row) => row.simulate_s)}, judged in ` +
    seconds((row) => row.judge_s),
  ].join("\n");
}

function scientific({ faults }: ExamRow) {
  return faults.filter(({ dimension }) => dimension === "scientific");
}

/** Faults of true clips, and violated clips that were not faulted. */
function unexpected(rows: readonly ExamRow[]): string {
  return rows.flatMap((row) => {
    const place = `${row.world} task ${row.task} seed ${row.seed} ${row.variant}`;
    if (row.violation === "") {
      return row.faults.map((f) => `${place}: ${f.dimension} ${f.measure}: ${f.evidence}`);
    }
    if (isDegenerate(row.violation) || scientific(row).length > 0) return [];
    return [`${place}: ${row.violation} not found (${row.nulls} criteria without a verdict)`];
  }).join("\n");
}
