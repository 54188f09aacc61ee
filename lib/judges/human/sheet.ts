/** The sheet that a person fills in, and the verdicts that come of it. */
import { z } from "zod";
import { type Criterion, criterionHash, DIMENSIONS } from "../../records/criterion.ts";
import { InputError, messageOf } from "../../errors.ts";
import { keyOf } from "../../store/key.ts";
import { UNASKED, type Verdict } from "../../records/verdict.ts";
import { parseCsv, writeCsv } from "./csv.ts";

/** The `judge_model` of verdicts by hand: which form of sheet they were given on. */
const SHEET_VERSION = "sheet-2";

/** The reason of a verdict that was left open. */
export const NOT_LABELLED = "not labelled";

const keySchema = z.array(z.strictObject({
  clip: z.string().min(1),
  model: z.string().min(1),
  task: z.int(),
  seed: z.int(),
  sha256: z.string(),
  frames_hash: z.string(),
}));

/** Which clip stands behind a code of the sheet: what the person who labels does not see. */
export type KeyEntry = z.output<typeof keySchema>[number];

const COLUMNS = ["clip", "task", "dimension", "id", "description", "met", "note"] as const;
const NEEDED = ["clip", "id", "met"] as const;
const YES = ["yes", "1", "true"];
const NO = ["no", "0", "false"];

/**
 * A code for a clip that tells nothing of its model, and stays the same whatever else is sampled.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { clipCode } from "./sheet.ts";
 *
 * const clip = { model: "nano", task: 3, seed: 0, sha256: "ab" };
 * assertEquals(clipCode(clip).length, 8);
 * ```
 */
export function clipCode(
  { model, task, seed, sha256 }: Pick<KeyEntry, "model" | "task" | "seed" | "sha256">,
): string {
  // A letter in front, or a spreadsheet program takes 12345e67 for a number.
  return `c${keyOf({ model, task, seed, sha256 }).slice(0, 7)}`;
}

/**
 * The sheet: a row for each criterion of each clip, the column `met` empty.
 *
 * @param key The clips in the order of the sheet.
 *
 * @example
 * ```ts
 * import { assertOk } from "../../testing/assert.ts";
 * import type { Criterion } from "../../records/criterion.ts";
 * import { sheetCsv } from "./sheet.ts";
 *
 * const entry = { clip: "c1", model: "nano", task: 3, seed: 0, sha256: "", frames_hash: "" };
 * const asked = { task: 3, dimension: "visual", id: "sharp", description: "Crisp." } as Criterion;
 * assertOk(sheetCsv([entry], [asked]).endsWith("c1,3,visual,sharp,Crisp.,,\r\n"));
 * ```
 */
export function sheetCsv(key: readonly KeyEntry[], criteria: readonly Criterion[]): string {
  const rows = key.flatMap(({ clip, task }) =>
    criteriaOf(task, criteria).map(({ dimension, id, description }) => [
      clip,
      String(task),
      dimension,
      id,
      description,
      "",
      "",
    ])
  );
  return writeCsv([COLUMNS, ...rows]);
}

/**
 * A task's criteria in the paper's order of dimensions.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import type { Criterion } from "../../records/criterion.ts";
 * import { criteriaOf } from "./sheet.ts";
 *
 * const rows = [{ task: 3, dimension: "visual" }, { task: 3, dimension: "scientific" }];
 * assertEquals(criteriaOf(3, rows as Criterion[])[0].dimension, "scientific");
 * ```
 */
export function criteriaOf(task: number, criteria: readonly Criterion[]): Criterion[] {
  return DIMENSIONS.flatMap((dimension) =>
    criteria.filter((row) => row.task === task && row.dimension === dimension)
  );
}

/**
 * Parses the key that was written beside a sheet.
 *
 * @throws {InputError} naming `file`.
 *
 * @example
 * ```ts
 * import { assertInputError } from "../../testing/assert.ts";
 * import { parseKey } from "./sheet.ts";
 *
 * await assertInputError(() => parseKey("{}", "key.json"), "key.json");
 * ```
 */
export function parseKey(text: string, file: string): KeyEntry[] {
  try {
    return keySchema.parse(JSON.parse(text));
  } catch (error) {
    const problem = error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error);
    throw new InputError(`Cannot read the key ${file}: ${problem}`);
  }
}

/** What a sheet is read against. */
export interface ReadOptions {
  /** The file's name, for errors. */
  file: string;
  key: readonly KeyEntry[];
  criteria: readonly Criterion[];
  /** The judge's name in the table of verdicts. */
  judge: string;
}

/**
 * Verdicts from a filled-in sheet. `met` is yes, 1 or true; no, 0 or false; or empty, which is a null
 * with the reason {@link NOT_LABELLED}. The column `note` becomes the evidence; a column `description`
 * must say what the benchmark says now. Other columns and the order of columns and rows do not matter.
 *
 * @throws {InputError} listing together every row and column that is not as expected.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import type { Criterion } from "../../records/criterion.ts";
 * import { readSheet } from "./sheet.ts";
 *
 * const entry = { clip: "c1", model: "nano", task: 3, seed: 0, sha256: "", frames_hash: "" };
 * const criteria = [{ task: 3, dimension: "visual", id: "sharp", description: "" }] as Criterion[];
 * const [verdict] = readSheet("clip;id;met\nc1;sharp;Yes\n", {
 *   file: "sheet.csv", key: [entry], criteria, judge: "human",
 * });
 * assertEquals([verdict.model, verdict.task, verdict.met], ["nano", 3, true]);
 * ```
 */
export function readSheet(
  text: string,
  { file, key, criteria, judge }: ReadOptions,
): Verdict[] {
  const [head, ...records] = parseCsv(text, file);
  const header = (head?.fields ?? []).map((name) => name.trim().toLowerCase());
  const missing = NEEDED.filter((name) => !header.includes(name));
  if (missing.length > 0) {
    throw new InputError(
      `Cannot read ${file}: its first line has the columns ${header.join(", ") || "(none)"}; ` +
        `${missing.join(", ")} ${missing.length > 1 ? "are" : "is"} missing`,
    );
  }
  const clips = new Map(key.map((entry) => [entry.clip, entry]));
  const asked = new Map(criteria.map((row) => [`${row.task}/${row.id}`, row]));
  const seen = new Map<string, number>();
  const problems: string[] = [];
  const verdicts: Verdict[] = [];
  for (const { line, fields } of records) {
    const cell = (name: string) => (fields[header.indexOf(name)] ?? "").trim();
    const wrong = (column: string, expected: string) =>
      problems.push(
        `line ${line}, column ${column}: ${JSON.stringify(cell(column))}; expected ${expected}`,
      );
    const entry = clips.get(cell("clip"));
    const met = metOf(cell("met"));
    if (!entry) wrong("clip", "a clip of the sheet's key");
    if (met === undefined) wrong("met", "yes, no, 1, 0, true, false or nothing");
    if (!entry) continue;
    const criterion = asked.get(`${entry.task}/${cell("id")}`);
    if (!criterion) {
      wrong("id", `the id of a criterion of task ${entry.task}`);
      continue;
    }
    const text = cell("description");
    if (text !== "" && text !== criterion.description.trim()) {
      wrong("description", `what ${criterion.id} asks now: ${criterion.description}`);
    }
    const place = `${entry.clip}/${criterion.id}`;
    const earlier = seen.get(place);
    if (earlier !== undefined) wrong("id", `no row for what line ${earlier} answers`);
    seen.set(place, line);
    if (met === undefined) continue;
    verdicts.push(verdictOf(judge, entry, criterion, met, cell("note")));
  }
  if (problems.length > 0) {
    throw new InputError(`Cannot read ${file}:\n  ${problems.join("\n  ")}`);
  }
  return verdicts;
}

/** Undefined for what is neither yes, no nor empty. */
function metOf(text: string): boolean | null | undefined {
  const word = text.toLowerCase();
  if (word === "") return null;
  return YES.includes(word) ? true : NO.includes(word) ? false : undefined;
}

function verdictOf(
  judge: string,
  { model, task, seed, sha256, frames_hash }: KeyEntry,
  { id, dimension, place, description }: Criterion,
  met: boolean | null,
  note: string,
): Verdict {
  const criterion_hash = criterionHash(description);
  const of = { judge, judge_model: SHEET_VERSION, model, task, seed, id, criterion_hash };
  return {
    ...of,
    dimension,
    place,
    met,
    reason: met === null ? NOT_LABELLED : "labelled by hand",
    evidence: note,
    clip_sha256: sha256,
    frames_hash,
    ...UNASKED,
    key: keyOf({ ...of, sha256, met, note }),
  };
}
