/** Verdicts that the released evaluator wrote: one `<model>_result.json` a model. */
import { join } from "node:path";
import type { Benchmark } from "../benchmark/benchmark.ts";
import { type Criterion, criterionHash, type Dimension, DIMENSIONS } from "../records/criterion.ts";
import { InputError } from "../errors.ts";
import { checkName, nameKey, visible } from "../names.ts";
import { listText, someOf } from "../numbers.ts";
import { keyOf, sha256 } from "../store/key.ts";
import { NON_BINARY, UNASKED, type Verdict } from "../records/verdict.ts";
import { type Entry, excerpt, readEntries, resultFiles, SUFFIX, textOf } from "./imported_files.ts";

/** What a folder of results holds. */
export interface Imported {
  /** Model names, from the names of files that could be read, sorted. */
  models: string[];
  /** One verdict per model, task and criterion; unjudged ones with their reason. */
  verdicts: Verdict[];
  /** What is wrong with each file that could not be read, its path first; their models have no verdicts. */
  problems: string[];
  /** What is worth knowing of the others, a line each. */
  notes: string[];
}

/**
 * Reads every `*_result.json` of a folder against a benchmark. Score `i` of an answer belongs to the
 * criterion at place `i + 1` of its block; 1 and true are met, 0 and false are not, as Python has it. What
 * cannot be read as a judgement is a verdict with `met: null` and the reason: a task without entry, an
 * answer that did not parse, `scores` that are no list, a list that ends early, a score of another kind.
 * Scores beyond the last criterion are ignored, and noted.
 *
 * A file that cannot be read does not stop the others: one that names no model, is no JSON list, or has an
 * entry without index, or an index that stands twice or is not in the benchmark.
 *
 * @param judge The judge's name in the table of verdicts.
 * @throws {InputError} for a folder without results, or with none that can be read, naming all.
 */
export async function readImported(
  folder: string,
  benchmark: Benchmark,
  judge: string = "imported",
): Promise<Imported> {
  const { files, notes } = await resultFiles(folder);
  const blocks = Map.groupBy(benchmark.criteria, ({ task, dimension }) => `${task}/${dimension}`);
  const imported: Imported = { models: [], verdicts: [], problems: [], notes };
  const names = Map.groupBy(files, (file) => nameKey(modelOf(file)));
  for (const file of files) {
    const path = join(folder, file);
    const model = modelOf(file);
    try {
      if (file === SUFFIX) throw new InputError(`its name has no model; expected <model>${SUFFIX}`);
      checkName(model, "model", `rename ${visible(file)}`);
      const twins = names.get(nameKey(model))!.filter((other) => other !== file);
      if (twins.length > 0) {
        throw new InputError(
          `its name differs from ${twins.join(", ")} in case or encoding alone; rename one`,
        );
      }
      const text = await textOf(path);
      const entries = readEntries(text, benchmark);
      imported.models.push(model);
      const long: string[] = [];
      const unread: string[] = [];
      const fileHash = sha256(text);
      for (const { task } of benchmark.tasks) {
        for (const dimension of DIMENSIONS) {
          const block = blocks.get(`${task}/${dimension}`) ?? [];
          const answer = answerOf(entries.get(task), dimension, file);
          if ("scores" in answer && block.length > 0 && answer.scores.length > block.length) {
            const text = longText(answer.scores.length, block);
            // Where the released script counts another score comes first, since not all are shown.
            if (text.endsWith(")")) long.unshift(text);
            else long.push(text);
          }
          if (stopsReleased(entries.get(task)?.[`${dimension}_eval`])) {
            unread.push(`task ${task} ${dimension}`);
          }
          for (const criterion of block) {
            imported.verdicts.push(verdictOf(judge, model, criterion, answer, fileHash));
          }
        }
      }
      notes.push(...notesOf(model, entries.size, benchmark.tasks.length, { long, unread }));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      imported.problems.push(`${visiblePath(path)}: ${error.message}`);
    }
  }
  if (imported.models.length === 0) throw new InputError(refusalText(folder, imported));
  return imported;
}

/**
 * What to say where some files of a folder cannot be read.
 *
 * @example
 * ```ts
 * import { assertOk } from "../testing/assert.ts";
 * import { refusalText } from "./imported.ts";
 *
 * const text = refusalText("/r", { models: ["a"], problems: ["/r/b_result.json: it is cut off"] });
 * assertOk(text.startsWith("Cannot read 1 of 2 results in /r (the others are kept: a):"));
 * ```
 */
export function refusalText(
  folder: string,
  { models, problems }: Pick<Imported, "models" | "problems">,
): string {
  const kept = models.length === 0 ? "none is left" : `the others are kept: ${someOf(models)}`;
  return `Cannot read ${problems.length} of ${
    problems.length + models.length
  } results in ${folder} ` +
    `(${kept}):\n  ${problems.join("\n  ")}`;
}

function modelOf(file: string): string {
  return file.slice(0, -SUFFIX.length);
}

function visiblePath(path: string): string {
  const quoted = visible(path);
  return quoted === `"${path}"` ? path : quoted;
}

/** Which list is too long; of a mis-keyed block (`d11`) the released script counts the 11th score. */
function longText(length: number, block: readonly Criterion[]): string {
  const [{ task, dimension }] = block;
  const beyond = block.filter(({ place, criterion }) => criterion !== place && criterion <= length)
    .map(({ criterion }) => criterion);
  return `task ${task} ${dimension} ${length} for ${block.length}` +
    (beyond.length > 0 ? ` (the released script counts score ${listText(beyond)})` : "");
}

/** What is worth knowing of a file that was read. */
function notesOf(
  model: string,
  entries: number,
  tasks: number,
  { long, unread }: Record<"long" | "unread", readonly string[]>,
): string[] {
  const notes: string[] = [];
  if (entries < tasks) {
    notes.push(
      `${model} has no entry for ${
        tasks - entries
      } of ${tasks} tasks: these are unjudged and widen its ` +
        "bounds; the rules release and paper leave them out",
    );
  }
  if (long.length > 0) {
    notes.push(
      `${model} has ${long.length} ${long.length === 1 ? "list" : "lists"} with more scores than ` +
        `criteria, and those beyond are ignored: ${someOf(long, 5)}`,
    );
  }
  if (unread.length > 0) {
    notes.push(
      `${model} has ${unread.length} ${
        unread.length === 1 ? "answer" : "answers"
      } of a form at which ` +
        `the released script leaves out the whole model; here ${
          unread.length === 1 ? "it is" : "they are"
        } unjudged: ${someOf(unread, 5)}`,
    );
  }
  return notes;
}

/**
 * Whether the released script ends at an evaluation, and so shows nothing of its model: what it takes
 * for an answer has no fields, or its scores cannot be walked through. What Python takes for nothing
 * (`null`, `0`, `""`, `[]`, `{}`) it passes over.
 */
function stopsReleased(evaluation: unknown): boolean {
  if (isNothing(evaluation)) return false;
  if (!isObject(evaluation)) return true;
  const { parsed_result } = evaluation;
  if (isNothing(parsed_result)) return false;
  if (!isObject(parsed_result)) return true;
  const { scores } = parsed_result;
  return !isNothing(scores) && (typeof scores === "number" || typeof scores === "boolean");
}

function isNothing(value: unknown): boolean {
  if (typeof value === "object" && value !== null) return Object.keys(value).length === 0;
  return value === undefined || value === null || value === false || value === 0 || value === "";
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
  const scores = scoresOf(parsed.scores);
  if (scores === null) {
    return { reason: `scores is ${excerpt(parsed.scores)}; expected a list` };
  }
  return { scores, words: String(parsed.reasoning ?? "") };
}

/**
 * What the released script takes for a list of scores; null where it takes the answer for none. It walks
 * through a text or an object as well, and finds no score in it that is 1.
 */
function scoresOf(scores: unknown): readonly unknown[] | null {
  if (Array.isArray(scores)) return scores;
  if (typeof scores === "string" && scores !== "") return [...scores];
  return isObject(scores) && Object.keys(scores).length > 0 ? Object.keys(scores) : null;
}

function verdictOf(
  judge: string,
  model: string,
  { task, id, dimension, place, description }: Criterion,
  answer: Answer,
  fileHash: string,
): Verdict {
  const judged = "reason" in answer
    ? { met: null, reason: answer.reason }
    : readScore(answer.scores, place);
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
    key: keyOf({ judge, file: fileHash, model, task, id, ...judged }),
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
  // In Python true is 1 and false is 0.
  if (score === 1 || score === true) return { met: true, reason: "" };
  if (score === 0 || score === false) return { met: false, reason: "" };
  return { met: null, reason: `${NON_BINARY}: ${excerpt(score)}` };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
