/** The sheet that a person fills in, and the verdicts that come of it. */
import { z } from "zod";
import { dimensionSchema } from "../../benchmark/benchmark.ts";
import { type Criterion, DIMENSIONS } from "../../records/criterion.ts";
import { InputError, messageOf } from "../../errors.ts";
import { keyOf } from "../../store/key.ts";
import { UNASKED, type Verdict } from "../../records/verdict.ts";
import { parseCsv, writeCsv } from "./csv.ts";

/** The `judge_model` of verdicts by hand: which form of sheet they were given on. */
export const SHEET_VERSION = "sheet-1";

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

const COLUMNS = ["clip", "task", "dimension", "criterion", "description", "met", "note"] as const;
const NEEDED = ["clip", "dimension", "criterion", "met"] as const;
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
 * @param criteria Under repaired keys.
 *
 * @example
 * ```ts
 * import { assertOk } from "../../testing/assert.ts";
 * import type { Criterion } from "../../records/criterion.ts";
 * import { sheetCsv } from "./sheet.ts";
 *
 * const entry = { clip: "c1", model: "nano", task: 3, seed: 0, sha256: "", frames_hash: "" };
 * const asked = { task: 3, dimension: "visual", criterion: 1, description: "Crisp." } as Criterion;
 * assertOk(sheetCsv([entry], [asked]).endsWith("c1,3,visual,1,Crisp.,,\r\n"));
 * ```
 */
export function sheetCsv(key: readonly KeyEntry[], criteria: readonly Criterion[]): string {
  const rows = key.flatMap(({ clip, task }) =>
    criteriaOf(task, criteria).map(({ dimension, criterion, description }) => [
      clip,
      String(task),
      dimension,
      String(criterion),
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
  /** Under repaired keys. */
  criteria: readonly Criterion[];
  /** The judge's name in the table of verdicts. */
  judge: string;
}

/**
 * Verdicts from a filled-in sheet. `met` is yes, 1 or true; no, 0 or false; or empty, which is a null
 * with the reason {@link NOT_LABELLED}. The column `note` becomes the evidence; other columns and the
 * order of columns and rows do not matter.
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
 * const criteria = [{ task: 3, dimension: "visual", criterion: 1 }] as Criterion[];
 * const [verdict] = readSheet("clip;dimension;criterion;met\nc1;visual;1;Yes\n", {
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
  const known = new Set(criteria.map((row) => `${row.task}/${row.dimension}/${row.criterion}`));
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
    const dimension = dimensionSchema.safeParse(cell("dimension").toLowerCase()).data;
    const criterion = Number(cell("criterion"));
    const met = metOf(cell("met"));
    if (!entry) wrong("clip", "a clip of the sheet's key");
    if (!dimension) wrong("dimension", DIMENSIONS.join(", "));
    if (met === undefined) wrong("met", "yes, no, 1, 0, true, false or nothing");
    if (!entry || !dimension) continue;
    const place = `${entry.task}/${dimension}/${criterion}`;
    if (cell("criterion") === "" || !known.has(place)) {
      wrong("criterion", `the number of a ${dimension} criterion of task ${entry.task}`);
      continue;
    }
    const earlier = seen.get(`${entry.clip}/${place}`);
    if (earlier !== undefined) wrong("criterion", `no row for what line ${earlier} answers`);
    seen.set(`${entry.clip}/${place}`, line);
    if (met === undefined) continue;
    verdicts.push(verdictOf(judge, entry, dimension, criterion, met, cell("note")));
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
  dimension: Verdict["dimension"],
  criterion: number,
  met: boolean | null,
  note: string,
): Verdict {
  const of = { judge, judge_model: SHEET_VERSION, model, task, seed, dimension, criterion };
  return {
    ...of,
    met,
    reason: met === null ? NOT_LABELLED : "labelled by hand",
    evidence: note,
    frames_hash,
    ...UNASKED,
    key: keyOf({ ...of, sha256, met, note }),
  };
}
