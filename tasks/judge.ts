/** Judges the clips of a run, or imports verdicts that the released evaluator wrote. */
import { join } from "node:path";
import { z } from "zod";
import { probeJudge } from "../lib/judges/probe/judge.ts";
import { InputError } from "../lib/errors.ts";
import { verdictsTable } from "../lib/records/verdict.ts";
import type { BatchReport } from "../lib/judges/openai/batch/batch.ts";
import { costOf } from "../lib/judges/openai/cost/price.ts";
import { runFolder } from "../lib/paths.ts";
import { type Asking, batchAsking, type Estimate, estimateAsking } from "../lib/runs/ask.ts";
import { planCalls } from "../lib/runs/judge_plan.ts";
import { clipsOf, importStep, judgeStep } from "../lib/runs/steps.ts";
import { openBenchmark } from "../lib/benchmark/registry.ts";
import { keepBenchmark } from "../lib/runs/benchmark.ts";
import { type Session, withSession } from "../lib/runs/session.ts";
import type { RunUsage } from "../lib/runs/manifest.ts";
import { openCache } from "../lib/store/cache.ts";
import { main } from "./cli.ts";
import * as flag from "./flags.ts";
import { askingOf, openaiFlags } from "./openai_flags.ts";

await main({
  name: "judge",
  summary: "Judges every clip of a run against every criterion of its task.",
  details:
    "  probe         measures frames against thresholds; for benchmarks with probes (mini)\n" +
    "  openai        asks a multimodal model through any OpenAI-compatible server\n" +
    "  imported:DIR  reads the released evaluator's <model>_result.json files\n\n" +
    "Answers are kept: the same frames, prompt, model and settings are never paid for twice.\n" +
    "Criteria without a verdict are asked again by the next run; verdicts are not.",
  flags: {
    judge: {
      schema: z.string().min(1).default("probe"),
      value: "JUDGE",
      help: "Which judge, as listed above.",
    },
    benchmark: flag.benchmark,
    release: flag.release,
    run: flag.run,
    ...openaiFlags,
    estimate: {
      schema: z.boolean().default(false),
      help: "Say what asking would take, and ask nothing.",
    },
    batch: {
      schema: z.boolean().default(false),
      help: "Ask through the Batch API: cheaper, within a day.",
    },
    "no-wait": {
      schema: z.boolean().default(false),
      help: "With --batch: send and look once, and leave the rest to a later call.",
    },
  },
}, async (flags, { invocation, progress, signal }) => {
  const imported = /^imported:(.+)$/.exec(flags.judge)?.[1];
  if (imported === undefined && !["probe", "openai"].includes(flags.judge)) {
    throw new InputError(
      `Unknown judge ${flags.judge}; expected probe, openai or imported:DIR`,
    );
  }
  const folder = runFolder(flags.run ?? flags.benchmark);
  const loaded = await openBenchmark(flags.benchmark);
  const asking = flags.judge === "openai" ? await askingOf(flags, { progress }) : null;
  await withSession({ folder, invocation, progress, signal }, async (session) => {
    await session.step("stats", 0, () => keepBenchmark(loaded, session.paths));
    if (imported !== undefined) return await importStep(imported, loaded, session);
    if (asking === null) return await judgeStep(probeJudge(), loaded, session);
    if (flags.estimate) return console.log(estimateText(await estimate(asking, session), asking));
    if (flags.batch && !await batch(asking, session, !flags["no-wait"])) return;
    try {
      await judgeStep(asking.judge, loaded, session);
    } finally {
      if (asking.usage().requests > 0) session.spend(asking.usage());
    }
    progress.note(usageText(asking));
  });
  if (!flags.estimate) {
    console.log(`Verdicts: ${join(folder, "verdicts.arrow")}. Next: deno task score`);
  }

  async function plan(asking: Asking, session: Session) {
    const table = await openCache(verdictsTable, session.paths.table("verdicts"));
    const clips = await clipsOf(session);
    const planned = planCalls(asking.judge, loaded.benchmark, clips, table.get);
    table.close();
    return planned;
  }

  async function estimate(asking: Asking, session: Session) {
    return estimateAsking(await plan(asking, session), asking, flags.batch);
  }

  /** Whether all that was sent has ended. */
  async function batch(asking: Asking, session: Session, wait: boolean): Promise<boolean> {
    const planned = await plan(asking, session);
    const { paths } = session;
    const report = await (async () => {
      const step = progress.step("batch", 0);
      const done = await batchAsking(planned, asking, paths, { wait, signal, progress: step });
      step.done(`${done.submitted} sent, ${done.answered} answered, ${done.in_flight} under way`);
      return done;
    })();
    if (report.answered > 0) session.spend(batchUsage(asking, report));
    for (const { reason } of report.failed.slice(0, 5)) progress.note(`unanswered: ${reason}`);
    if (report.failed.length > 0) {
      progress.note(`${report.failed.length} requests unanswered; run it again to send them again`);
    }
    if (report.in_flight > 0) {
      progress.note("Under way. To collect: the same command again, from any process.");
      return false;
    }
    return true;
  }
});

function estimateText(estimate: Estimate, { price }: Asking): string {
  const { requests, prompt_tokens, completion_tokens, cost_usd } = estimate;
  return [
    `requests           ${requests}`,
    `prompt tokens      ${prompt_tokens}`,
    `completion tokens  ${completion_tokens}`,
    `cost               $${cost_usd.toFixed(4)} if each is sent once and none was answered before`,
    `price              ${price.source}${
      price.image_known ? "" : "; pictures counted as gpt-4o's"
    }`,
    "Nothing was sent.",
  ].join("\n");
}

/** What a batch's answers cost, at the Batch API's price. */
function batchUsage(asking: Asking, report: BatchReport): RunUsage {
  const { answered, prompt_tokens, completion_tokens } = report;
  const cost_usd = costOf(asking.price, prompt_tokens, completion_tokens, { batch: true });
  return { ...asking.usage(), requests: answered, prompt_tokens, completion_tokens, cost_usd };
}

function usageText(asking: Asking): string {
  const { requests, prompt_tokens, completion_tokens, uncounted, cost_usd } = asking.usage();
  const lacks = uncounted > 0 ? `; ${uncounted} answers came without a count` : "";
  return `asked     ${requests} requests, ${prompt_tokens} + ${completion_tokens} tokens, ` +
    `$${cost_usd.toFixed(4)}${lacks}`;
}
