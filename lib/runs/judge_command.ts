/** The commands that made a judge's verdicts, whole, as `run.json` has them. */
import { isByHand, SHEET } from "../judges/judge_label.ts";
import { publicUrl } from "../judges/openai/client/secret.ts";
import type { Verdict } from "../records/verdict.ts";
import { parseSpec } from "../registry.ts";
import type { InvocationRecord } from "./manifest.ts";
import type { Selection } from "./selection.ts";

/** Whose verdicts they are. */
export type JudgeName = Pick<Verdict, "judge" | "judge_model">;

/** A command that had a judge judge, or brought verdicts. */
export interface JudgeCommand {
  by: JudgeName;
  task: "judge" | "label" | "calibrate";
  /** As typed, without the run, the budget, the selection and what asks nothing. */
  flags: string[];
  /** The flags of the selection; empty for all clips. */
  selected: string[];
  selection: Selection;
  /** Whether it is known to have made verdicts. */
  made: boolean;
  /** Verdicts that it left; null where it did not come to its end. */
  verdicts: number | null;
}

/** What of a session the commands are found with. */
export interface CommandContext {
  /** The run's commands before this one, the earliest first. */
  earlier: readonly InvocationRecord[];
  command(task: string, flags?: readonly string[]): string;
}

const SELECTION = ["model", "tasks", "seeds"];
const LEFT_OUT = ["run", "benchmark", "budget", "no-wait", "retry-failed", ...SELECTION];

/**
 * The name of a judge without the model, where it was told apart by it.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { ownName } from "./judge_command.ts";
 *
 * assertEquals(ownName({ judge: "openai/m", judge_model: "m" }), "openai");
 * ```
 */
export function ownName({ judge, judge_model }: JudgeName): string {
  const suffix = `/${judge_model}`;
  return judge.endsWith(suffix) ? judge.slice(0, -suffix.length) : judge;
}

/** Whether two names are one judge's; sheets of any version are. */
export function isSameJudge(a: JudgeName, b: JudgeName): boolean {
  const sheets = isByHand(a.judge_model) && isByHand(b.judge_model);
  return ownName(a) === ownName(b) && (sheets || a.judge_model === b.judge_model);
}

/**
 * The commands of a run that had judges judge, the earliest first.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import type { InvocationRecord } from "./manifest.ts";
 * import { judgeCommands } from "./judge_command.ts";
 *
 * const flags = { judge: "openai:m", "base-url": "http://host/v1" };
 * const passed = ["--run", "r", "--judge=openai:m", "--base-url", "http://host/v1", "--budget", "1"];
 * const [found] = judgeCommands([
 *   { command: "judge", flags, flags_passed: passed, steps: [], usage: [] } as unknown as InvocationRecord,
 * ]);
 * assertEquals(found.by, { judge: "openai", judge_model: "m" });
 * assertEquals(found.flags, ["--judge", "openai:m", "--base-url", "http://host/v1"]);
 * ```
 */
export function judgeCommands(invocations: readonly InvocationRecord[]): JudgeCommand[] {
  return invocations.flatMap((record): JudgeCommand[] => {
    const { command: task, flags, flags_passed, steps, status, usage } = record;
    const by = judgeOf(record);
    if (by === null || !isMaking(task) || flags.estimate === true) return [];
    const typed = pairsOf(flags_passed);
    const step = steps.find(({ name }) => name === (task === "label" ? task : "judge"));
    const answered = usage.some(({ completion_tokens }) => completion_tokens > 0);
    // A calibration asks again and again, in tables of its own too.
    const whole = step !== undefined && status === "finished" && task !== "calibrate";
    const named = task !== "label" && !typed.some(([name]) => name === "judge")
      ? ["--judge", String(flags.judge)]
      : [];
    const selects = task !== "label";
    return [{
      by,
      task,
      flags: [
        ...named,
        ...typed.filter(([name]) => !LEFT_OUT.includes(name)).flatMap(([name, value]) =>
          value === null ? [`--${name}`] : [`--${name}`, shownValue(name, value)]
        ),
      ],
      selected: typed.filter(([name]) => selects && SELECTION.includes(name))
        .flatMap(([name, value]) => [`--${name}`, value ?? ""]),
      selection: selects
        ? {
          models: listOf<string>(flags.model),
          tasks: listOf<number>(flags.tasks),
          seeds: listOf<number>(flags.seeds),
        }
        : {},
      made: (step?.made ?? 0) > 0 || answered,
      verdicts: whole ? step.made + step.cached : null,
    }];
  });
}

/**
 * The commands that make a judge's verdicts again, as they were made: one, or one for each selection
 * where all were of some clips. Where `run.json` does not know how a model was asked, no address is
 * guessed: the line says what is to be filled in.
 *
 * @param wanted Whose verdicts.
 * @param options.all Whether clips that were never judged are to be, too: then without a selection.
 */
export function commandsOf(
  wanted: JudgeName,
  { earlier, command }: CommandContext,
  { all = false } = {},
): string[] {
  const own = judgeCommands(earlier).filter(({ by }) => isSameJudge(by, wanted));
  const known = own.some(({ made }) => made) ? own.filter(({ made }) => made) : own;
  if (known.length === 0) return [unknownCommand(wanted, command)];
  const last = known.at(-1)!;
  if (all || known.some(({ selected }) => selected.length === 0)) {
    const whole = known.findLast(({ selected }) => selected.length === 0) ?? last;
    return [command(whole.task, (all ? last : whole).flags)];
  }
  const bySelection = new Map(known.map((one) => [one.selected.join("\n"), one]));
  return [...bySelection.values()].map(({ task, flags, selected }) =>
    command(task, [...flags, ...selected])
  );
}

/** What is to be typed where no record says how. */
function unknownCommand(by: JudgeName, command: CommandContext["command"]): string {
  const flags = judgeFlags(by);
  const isAsked = flags[1].includes("openai:");
  if (!isAsked) return command("judge", flags);
  return `${command("judge", [...flags, "--base-url", "URL"])} (run.json does not say how it was ` +
    "asked: put in its server, and its price and other flags if it had any)";
}

/**
 * The flags that name the judge of a verdict, where no command is known that made it: `DIR` or `FILE`
 * stands for what is not known.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { judgeFlags } from "./judge_command.ts";
 *
 * assertEquals(judgeFlags({ judge: "probe", judge_model: "probe" }), ["--judge", "probe"]);
 * assertEquals(judgeFlags({ judge: "ann", judge_model: "sheet-2" }), ["--judge", "ann=human:FILE"]);
 * assertEquals(judgeFlags({ judge: "openai/gpt-a", judge_model: "gpt-a" }), [
 *   ...["--judge", "openai:gpt-a"],
 * ]);
 * ```
 */
export function judgeFlags(by: JudgeName): string[] {
  const { judge_model } = by;
  const name = ownName(by);
  if (name === "openai-as-released") {
    return ["--judge", `openai:${judge_model}`, "--prompt", "as-released", "--evaluator", "DIR"];
  }
  const kind = judge_model === "probe"
    ? "probe"
    : judge_model === "unknown"
    ? "imported:DIR"
    : isByHand(judge_model)
    ? "human:FILE"
    : `openai:${judge_model}`;
  return ["--judge", kind.split(":", 1)[0] === name ? kind : `${name}=${kind}`];
}

function isMaking(task: string): task is JudgeCommand["task"] {
  return task === "judge" || task === "label" || task === "calibrate";
}

/** Whose verdicts a command made; null for one that makes none. */
function judgeOf({ command, flags }: InvocationRecord): JudgeName | null {
  if (command === "label") {
    return typeof flags.read === "string"
      ? { judge: String(flags.as ?? "human"), judge_model: SHEET }
      : null;
  }
  if (typeof flags.judge !== "string") return null;
  try {
    const { label, kind, argument = "" } = parseSpec(flags.judge);
    if (kind === "probe") return { judge: label ?? kind, judge_model: "probe" };
    if (kind === "imported") return { judge: label ?? kind, judge_model: "unknown" };
    if (kind === "human") return { judge: label ?? kind, judge_model: SHEET };
    const released = flags.prompt === "as-released" ? `${kind}-as-released` : kind;
    return { judge: label ?? released, judge_model: argument };
  } catch {
    return null;
  }
}

/** Flags as typed, by name; null for one without a value. */
export function pairsOf(words: readonly string[]): [name: string, value: string | null][] {
  const pairs: [string, string | null][] = [];
  for (const word of words) {
    const [, name, value] = /^--([\w-]+)(?:=(.*))?$/s.exec(word) ?? [];
    const last = pairs.at(-1);
    if (name !== undefined) pairs.push([name, value ?? null]);
    else if (last && last[1] === null) last[1] = word;
  }
  return pairs;
}

/** What an address may hold beside host and path is not shown: some servers take keys there. */
function shownValue(name: string, value: string): string {
  if (name !== "base-url") return value;
  const shown = publicUrl(value);
  return shown === value.replace(/\/$/, "") ? value : `${shown}?…`;
}

function listOf<T>(value: unknown): T[] | undefined {
  return Array.isArray(value) ? value as T[] : undefined;
}
