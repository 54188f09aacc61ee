/** Verdicts that the released evaluator wrote: one `<model>_result.json` a model. */
import { basename, join } from "node:path";
import { z } from "zod";
import type { Benchmark } from "../benchmark/benchmark.ts";
import { type Criterion, criterionHash, type Dimension, DIMENSIONS } from "../records/criterion.ts";
import { InputError, messageOf } from "../errors.ts";
import { keyOf, sha256 } from "../store/key.ts";
import { NON_BINARY, UNASKED, type Verdict } from "../records/verdict.ts";

const SUFFIX = "_result.json";

/** What a folder of results holds. */
export interface Imported {
  /** Model names, from the files' names, sorted. */
  models: string[];
  /** One verdict per model, task and criterion; unjudged ones with their reason. */
  verdicts: Verdict[];
}

const entrySchema = z.looseObject({ index: z.int() });
type Entry = z.infer<typeof entrySchema>;

/**
 * Reads every `*_result.json` of a folder against a benchmark. Score `i` of an answer belongs to the
 * criterion at place `i + 1` of its block. What cannot be read as a judgement is a verdict with
 * `met: null` and the reason: a task without entry, an answer that did not parse, `scores` that are
 * no list, a list that ends early, a score that is neither 0 nor 1.
 *
 * @param judge The judge's name in the table of verdicts.
 * @throws {InputError} for a folder without results, a file that names no model, a file that is no JSON list, an entry without
 * index, an index that stands twice or is not in the benchmark; all problems of a file together.
 */
export async function readImported(
  folder: string,
  benchmark: Benchmark,
  judge: string = "imported",
): Promise<Imported> {
  const files = await resultFiles(folder);
  const blocks = Map.groupBy(benchmark.criteria, ({ task, dimension }) => `${task}/${dimension}`);
  const verdicts: Verdict[] = [];
  const models = files.map((file) => file.slice(0, -SUFFIX.length));
  for (const [i, file] of files.entries()) {
    const text = await Deno.readTextFile(join(folder, file));
    const entries = readEntries(text, join(folder, file), benchmark);
    const fileHash = sha256(text);
    for (const { task } of benchmark.tasks) {
      for (const dimension of DIMENSIONS) {
        const block = blocks.get(`${task}/${dimension}`) ?? [];
        const answer = answerOf(entries.get(task), dimension, basename(file));
        for (const criterion of block) {
          verdicts.push(verdictOf(judge, models[i], criterion, answer, fileHash));
        }
      }
    }
  }
  return { models, verdicts };
}

async function resultFiles(folder: string): Promise<string[]> {
  const files: string[] = [];
  try {
    for await (const entry of Deno.readDir(folder)) {
      if (!entry.isDirectory && entry.name.endsWith(SUFFIX)) files.push(entry.name);
    }
  } catch (error) {
    throw new InputError(`Cannot read results from ${folder}: ${messageOf(error)}`);
  }
  if (files.includes(SUFFIX)) {
    throw new InputError(
      `Cannot read ${join(folder, SUFFIX)}: its name has no model; expected <model>${SUFFIX}`,
    );
  }
  if (files.length === 0) {
    throw new InputError(`Cannot read results from ${folder}: found no <model>${SUFFIX}`);
  }
  return files.sort();
}

function readEntries(text: string, path: string, benchmark: Benchmark): Map<number, Entry> {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch (error) {
    throw new InputError(`Cannot read ${path}: ${messageOf(error)}`);
  }
  if (!Array.isArray(list)) {
    throw new InputError(`Cannot read ${path}: found ${typeof list}; expected a list of results`);
  }
  const known = new Set(benchmark.tasks.map(({ task }) => task));
  const entries = new Map<number, Entry>();
  const problems: string[] = [];
  for (const [row, item] of list.entries()) {
    const parsed = entrySchema.safeParse(item);
    if (!parsed.success) {
      problems.push(`entry ${row + 1}: index is ${JSON.stringify(item?.index)}; expected a number`);
    } else if (!known.has(parsed.data.index)) {
      problems.push(
        `entry ${row + 1}: index ${parsed.data.index} is not a task of ${benchmark.name}`,
      );
    } else if (entries.has(parsed.data.index)) {
      problems.push(`entry ${row + 1}: index ${parsed.data.index} stands twice`);
    } else entries.set(parsed.data.index, parsed.data);
  }
  if (problems.length > 0) {
    const shown = problems.slice(0, 20);
    if (problems.length > shown.length) shown.push(`and ${problems.length - shown.length} more`);
    throw new InputError(`Cannot read ${path}:\n  ${shown.join("\n  ")}`);
  }
  return entries;
}

/** An answer's scores, or why there are none. */
type Answer = { scores: readonly unknown[]; words: string } | { reason: string };

function answerOf(entry: Entry | undefined, dimension: Dimension, file: string): Answer {
  if (!entry) return { reason: `no entry for this task in ${file}` };
  const evaluation = entry[`${dimension}_eval`];
  if (!isObject(evaluation)) return { reason: `no ${dimension}_eval in ${file}` };
  const parsed = evaluation.parsed_result;
  if (!isObject(parsed) || !("scores" in parsed)) {
    return { reason: `answer could not be parsed: ${excerpt(evaluation.raw_response)}` };
  }
  if (!Array.isArray(parsed.scores)) {
    return { reason: `scores is ${excerpt(parsed.scores)}; expected a list` };
  }
  return { scores: parsed.scores, words: String(parsed.reasoning ?? "") };
}

function verdictOf(
  judge: string,
  model: string,
  { task, id, dimension, place, description }: Criterion,
  answer: Answer,
  fileHash: string,
): Verdict {
  const judged = "reason" in answer ? { met: null, ...answer } : readScore(answer.scores, place);
  return {
    judge,
    judge_model: "unknown",
    model,
    task,
    seed: 0,
    id,
    criterion_hash: criterionHash(description),
    dimension,
    place,
    met: judged.met,
    reason: judged.reason,
    evidence: "words" in answer ? answer.words : "",
    clip_sha256: "",
    frames_hash: "",
    ...UNASKED,
    key: keyOf({ judge, file: fileHash, model, task, id }),
  };
}

function readScore(
  scores: readonly unknown[],
  place: number,
): { met: boolean | null; reason: string } {
  if (place > scores.length) {
    return {
      met: null,
      reason: `the answer holds ${scores.length} scores, none for criterion ${place}`,
    };
  }
  const score = scores[place - 1];
  if (score === 1 || score === 0) return { met: score === 1, reason: "" };
  return { met: null, reason: `${NON_BINARY}: ${excerpt(score)}` };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function excerpt(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
