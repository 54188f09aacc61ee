/** The sheet that a person fills in, and the verdicts read from it. */
import { z } from "zod";
import { type Criterion, criterionHash, DIMENSIONS } from "../../records/criterion.ts";
import { InputError, messageOf } from "../../errors.ts";
import { keyOf } from "../../store/key.ts";
import { UNASKED, type Verdict } from "../../records/verdict.ts";
import { parseCsv, writeCsv } from "../../csv.ts";
import { zodText } from "../../zod_text.ts";

/** The `judge_model` of manual verdicts: the version of the sheet's format. */
const SHEET_VERSION = "sheet-2";

/** The reason for a verdict left empty. */
export const NOT_LABELLED = "not labelled";

const keySchema = z.array(z.strictObject({
  clip: z.string().min(1),
  model: z.string().min(1),
  task: z.int(),
  seed: z.int(),
  sha256: z.string(),
  frames_hash: z.string(),
}));

/** The clip behind a code of the sheet, hidden from the person labelling. */
export type KeyEntry = z.output<typeof keySchema>[number];

const COLUMNS = ["clip", "task", "dimension", "id", "description", "met", "note"] as const;
const NEEDED = ["clip", "id", "met"] as const;
const YES = ["yes", "y", "1", "true"];
const NO = ["no", "n", "0", "false"];

/**
 * A code for a clip that reveals nothing about its model and does not depend on the rest of the
 * sample.
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
  // Starts with a letter, since spreadsheet programs take 12345e67 for a number.
  return `c${keyOf({ model, task, seed, sha256 }).slice(0, 7)}`;
}

/**
 * The sheet: a row for each criterion of each clip, with an empty column `met`.
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
 * Parses the key written along with a sheet.
 *
 * @throws {InputError} naming `file` if it is malformed.
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
    const problem = error instanceof z.ZodError ? zodText(error) : messageOf(error);
    throw new InputError(`Cannot read the key ${file}: ${problem}`);
  }
}

/** The data that a sheet is checked against. */
export interface ReadOptions {
  /** The file's name, for error messages. */
  file: string;
  key: readonly KeyEntry[];
  criteria: readonly Criterion[];
  /** The judge's name in the table of verdicts. */
  judge: string;
}

/**
 * Verdicts from a filled-in sheet. `met` is yes, y, 1 or true; no, n, 0 or false; or empty for a null
 * with the reason {@link NOT_LABELLED}. The column `note` becomes the evidence; a column
 * `description` must match the benchmark's current text. Other columns and the order of columns and
 * rows do not matter.
 *
 * @throws {InputError} listing all invalid rows and columns.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import type { Criterion } from "../../records/criterion.ts";
 * import { readSheet } from "./sheet.ts";
 *
 * const entry = { clip: "c1", model: "nano", task: 3, seed: 0, sha256: "", frames_hash: "" };
 * const criteria = [{ task: 3, dimension: "visual", id: "sharp", description: "" }] as Criterion[];
 * const [verdict] = readSheet("clip;id;met\nc1;sharp;Y\n", {
 *   file: "sheet.csv", key: [entry], criteria, judge: "human",
 * });
 * assertEquals([verdict.model, verdict.task, verdict.met], ["nano", 3, true]);
 * ```
 */
export function readSheet(
  text: string,
  { file, key, criteria, judge }: ReadOptions,
): Verdict[] {
  if (!isSheet(text)) {
    throw new InputError(
      `Cannot read ${file}: it is not a label sheet, whose first line names the columns ` +
        `${NEEDED.join(", ")}; deno task label --run NAME writes one`,
    );
  }
  const [head, ...records] = parseCsv(text, file);
  const header = (head?.fields ?? []).map((name) => name.trim().toLowerCase());
  // Sheets of earlier versions have the text of every criterion instead of ids.
  const byText = !header.includes("id") && header.includes("description");
  const missing = NEEDED.filter((name) => !header.includes(name) && !(byText && name === "id"));
  if (missing.length > 0) {
    throw new InputError(
      `Cannot read ${file}: its first line has the columns ${header.join(", ") || "(none)"}; ` +
        `${missing.join(", ")} ${missing.length > 1 ? "are" : "is"} missing`,
    );
  }
  const clips = new Map(key.map((entry) => [entry.clip, entry]));
  const nameOf = ({ id, description }: Criterion) => byText ? description.trim() : id;
  const asked = new Map(criteria.map((row) => [`${row.task}/${nameOf(row)}`, row]));
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
    if (met === undefined) wrong("met", "yes or no (y, n, 1, 0, true, false), or nothing");
    if (!entry) continue;
    const column = byText ? "description" : "id";
    const criterion = asked.get(`${entry.task}/${cell(column)}`);
    if (!criterion) {
      wrong(column, `the ${byText ? "text" : "id"} of a criterion of task ${entry.task}`);
      continue;
    }
    const text = cell("description");
    if (text !== "" && text !== criterion.description.trim()) {
      wrong("description", `the current text of ${criterion.id}: ${criterion.description}`);
    }
    const place = `${entry.clip}/${criterion.id}`;
    const earlier = seen.get(place);
    if (earlier !== undefined) wrong(column, `no row for the criterion of line ${earlier}`);
    seen.set(place, line);
    if (met === undefined) continue;
    verdicts.push(verdictOf(judge, entry, criterion, met, cell("note")));
  }
  if (problems.length > 0) {
    throw new InputError(`Cannot read ${file}:\n  ${problems.join("\n  ")}`);
  }
  return verdicts;
}

/** Whether a file's first line could be a sheet's. Of an empty one its columns are missed. */
function isSheet(text: string): boolean {
  const [first] = text.replace(/^\uFEFF/, "").trimStart().split(/[\r\n]/);
  const names = first.split(/[,;\t]/).map((name) => name.replaceAll('"', "").trim().toLowerCase());
  return first === "" || NEEDED.some((name) => names.includes(name));
}

/** Undefined if neither yes, no nor empty. */
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
