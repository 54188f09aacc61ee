/** Whose verdicts a report shows, as the page and its figures name them. */
import { isByHand, judgeLabel } from "../judges/judge_label.ts";
import { clipIdOf } from "../records/clip.ts";
import type { Verdict } from "../records/verdict.ts";
import { nearest, parseSpec } from "../registry.ts";
import { type InvocationRecord, readManifest } from "../runs/manifest.ts";
import { InputError } from "../errors.ts";
import type { RunPaths } from "../paths.ts";

/** A judge of a run. */
export interface JudgeFacts {
  /** Its name in tables. */
  name: string;
  /** The name with the model that was asked, for figures and headings. */
  label: string;
  /** What it is, and which model and settings it was asked with, in words. */
  about: string;
  /** Clips with a verdict of it. */
  clips: number;
}

/** What of a command's record is read here. */
type JudgeRecord =
  & Pick<InvocationRecord, "command" | "flags">
  & Partial<Pick<InvocationRecord, "usage">>;

/** Settings that can change an answer; others, such as prices, are in `run.json` alone. */
const SETTINGS = [
  ...["frames", "prompt", "temperature", "seed", "max-tokens", "reasoning-effort", "detail"],
  "base-url",
];

/**
 * What a report says of a judge.
 *
 * @param verdicts The judge's own, at least one.
 * @param invocations The run's commands, the earliest first.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import type { Verdict } from "../records/verdict.ts";
 * import type { InvocationRecord } from "../runs/manifest.ts";
 * import { judgeFacts } from "./judge_facts.ts";
 *
 * const verdict = { judge: "openai", judge_model: "gpt-4o", model: "nano", task: 1, seed: 0 };
 * const flags = { judge: "openai:gpt-4o", frames: 8, "base-url": "http://me:key@host/v1?key=1" };
 * const judged = { command: "judge", flags } as unknown as InvocationRecord;
 * const { label, about } = judgeFacts([verdict as Verdict], [judged]);
 * assertEquals(label, "openai (gpt-4o)");
 * assertEquals(about, "a model, gpt-4o; frames 8, base-url http://host/v1");
 * const usage = [{ sent_as: ["sent without temperature, seed"] }];
 * const plain = { ...judged, flags: { ...flags, temperature: 0, seed: 1 }, usage } as never;
 * assertEquals(
 *   judgeFacts([verdict as Verdict], [plain]).about,
 *   "a model, gpt-4o; frames 8, base-url http://host/v1, sent without temperature, seed",
 * );
 * ```
 */
export function judgeFacts(
  verdicts: readonly Verdict[],
  invocations: readonly JudgeRecord[],
): JudgeFacts {
  const [{ judge: name, judge_model: model }] = verdicts;
  const clips = new Set(verdicts.map(clipIdOf));
  const settings = settingsOf(name, model, invocations);
  return {
    name,
    label: judgeLabel(verdicts[0]),
    about: `${kindOf(model)}${settings ? `; ${settings}` : ""}`,
    clips: clips.size,
  };
}

function kindOf(model: string): string {
  if (model === "probe") return "measures frames against thresholds";
  if (model === "unknown") return "imported verdicts; which model gave them is not known";
  if (isByHand(model)) return "labels by hand";
  return `a model, ${model}`;
}

/** The settings of the last command that had this judge judge; empty where none is known. */
function settingsOf(
  name: string,
  model: string,
  invocations: readonly JudgeRecord[],
): string {
  const own = invocations.filter(({ command, flags }) =>
    command === "judge" && typeof flags.judge === "string" && isOf(flags.judge, name, model)
  );
  // One that found all its answers kept does not know how they were asked for.
  const last = own.findLast(({ usage = [] }) => usage.length > 0) ?? own.at(-1);
  if (!last) return "";
  const sentAs = [...new Set((last.usage ?? []).flatMap(({ sent_as = [] }) => sent_as))];
  const left = sentAs.flatMap((text) =>
    /^sent without ([a-z_, ]+)$/.exec(text)?.[1].split(", ") ?? []
  )
    .map((field) => field.replaceAll("_", "-"));
  const settings = SETTINGS.flatMap((key) => {
    const value = last.flags[key];
    // What the server refuses is not sent, whatever the command asked for.
    if (value === undefined || value === null || left.includes(key)) return [];
    return [`${key} ${key === "base-url" ? withoutSecrets(String(value)) : String(value)}`];
  });
  return [...settings, ...sentAs].join(", ");
}

function isOf(spec: string, name: string, model: string): boolean {
  try {
    const { label, kind, argument } = parseSpec(spec);
    const own = label ?? kind;
    const isNamed = name === own || name === `${own}/${model}` || name.startsWith(`${own}-`);
    return isNamed && (argument === undefined || argument === model || model === "unknown");
  } catch {
    return false;
  }
}

/** An address without what could be a key in it. */
function withoutSecrets(address: string): string {
  if (!URL.canParse(address)) return "";
  const { origin, pathname } = new URL(address);
  return origin + pathname;
}

/**
 * The judge that a report shows where none is named: the one with verdicts on most clips, of equals the
 * first by name.
 */
export function leadingJudge(judges: readonly JudgeFacts[]): JudgeFacts {
  return judges.toSorted((a, b) => b.clips - a.clips || (a.name < b.name ? -1 : 1))[0];
}

/**
 * The judges that have an answer; all where none has. One whose answers all failed has nothing to show
 * beside others.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { answeringJudges, type JudgeFacts } from "./judge_facts.ts";
 *
 * const judges = ["probe", "silent"].map((name) => ({ name }) as JudgeFacts);
 * const none = [{ judge: "silent", met: null }];
 * const names = (verdicts: { judge: string; met: boolean | null }[]) =>
 *   answeringJudges(judges, verdicts).map(({ name }) => name);
 * assertEquals(names([...none, { judge: "probe", met: false }]), ["probe"]);
 * assertEquals(names(none), ["probe", "silent"]);
 * ```
 */
export function answeringJudges(
  judges: readonly JudgeFacts[],
  verdicts: readonly Pick<Verdict, "judge" | "met">[],
): readonly JudgeFacts[] {
  const names = new Set(verdicts.filter(({ met }) => met !== null).map(({ judge }) => judge));
  const answering = judges.filter(({ name }) => names.has(name));
  return answering.length > 0 ? answering : judges;
}

/** The judges of some verdicts, by name. */
export async function judgesOf(
  verdicts: readonly Verdict[],
  paths: RunPaths,
): Promise<JudgeFacts[]> {
  const { invocations = [] } = await readManifest(paths.manifest) ?? {};
  return [...Map.groupBy(verdicts, ({ judge }) => judge)]
    .sort(([a], [b]) => a < b ? -1 : 1)
    .map(([, own]) => judgeFacts(own, invocations));
}

/**
 * The judge of a name, or the leading one.
 *
 * @throws {InputError} for a judge that has no verdicts, with the nearest name.
 */
export function chooseJudge(wanted: string | undefined, judges: readonly JudgeFacts[]): JudgeFacts {
  if (wanted === undefined) return leadingJudge(judges);
  const found = judges.find(({ name, label }) => name === wanted || label === wanted);
  if (found) return found;
  const names = judges.map(({ label }) => label);
  const guess = nearest(wanted, names);
  throw new InputError(
    `Found no scored verdicts of the judge ${wanted}${guess ? `; did you mean ${guess}?` : ""}\n` +
      `Judges of this run: ${names.join(", ")}`,
  );
}
