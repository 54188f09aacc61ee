/** JSON files that hold their own checksum, and have a copy to read from where they are damaged. */
import { basename, dirname, join } from "node:path";
import { messageOf, named } from "../errors.ts";
import { exists, replaceFile } from "./file.ts";
import { type Json, keyOf } from "./key.ts";

/** Field that holds the checksum of all the others. */
const CHECK = "check";

/** What a file holds, and what its checksum says of it. */
export interface FoundRecord {
  /** Without the checksum; null where it is no JSON object. */
  value: Record<string, unknown> | null;
  /** `unchecked` where there is no checksum: an earlier version or another program wrote it. */
  state: "whole" | "unchecked" | "damaged";
  /** Why it cannot be read. */
  problem: string;
}

/**
 * JSON text of a record with its checksum, which is over its values: spaces and the order of fields
 * do not count.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { checkedJson, readChecked } from "./record_file.ts";
 *
 * const text = checkedJson({ cost_usd: 1.25 });
 * assertEquals(readChecked(text), { value: { cost_usd: 1.25 }, state: "whole", problem: "" });
 * assertEquals(readChecked(text.replace("1.25", "7.25")).state, "damaged");
 * assertEquals(readChecked('{"cost_usd": 1.25}').state, "unchecked");
 * ```
 */
export function checkedJson(record: object, space?: number): string {
  const plain = JSON.parse(JSON.stringify(record));
  return `${JSON.stringify({ ...plain, [CHECK]: keyOf(plain) }, null, space)}\n`;
}

/** What a text of {@link checkedJson} holds. */
export function readChecked(text: string): FoundRecord {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    const problem = text === "" ? "it is empty" : `it is not JSON (${messageOf(error)})`;
    return { value: null, state: "damaged", problem };
  }
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    return { value: null, state: "unchecked", problem: "it holds no JSON object" };
  }
  const { [CHECK]: check, ...value } = json as Record<string, unknown>;
  if (check === undefined) return { value, state: "unchecked", problem: "" };
  return keyOf(value as Json) === check
    ? { value, state: "whole", problem: "" }
    : { value, state: "damaged", problem: "its checksum does not match what it holds" };
}

/** Where the copy of a record lies. */
export function copyOf(path: string): string {
  return join(dirname(path), `.microverse-copy-${basename(path)}`);
}

/**
 * Writes a record and its copy, each whole or as before; through a link, to the file it leads to.
 *
 * @throws {InputError} where the disk does not take it.
 */
export async function writeRecord(path: string, record: object): Promise<void> {
  const text = checkedJson(record, 2);
  await replaceFile(await exists(path) ? await Deno.realPath(path) : path, text);
  await replaceFile(copyOf(path), text);
}

/** What is known of records without a checksum. */
export interface RecordChecks {
  /** Whether it can be used as it is. */
  accepts?(value: FoundRecord["value"]): boolean;
  /** Whether it is one of ours that lost its checksum, and not another program's file. */
  isOurs?(value: FoundRecord["value"]): boolean;
  /** Whether its copy is to be used, which holds what it should: it is older, or edited. */
  isBehind?(found: FoundRecord, copy: NonNullable<FoundRecord["value"]>): boolean;
}

/**
 * Reads a record, from its copy where it is damaged; null where there is no file.
 *
 * @returns What the file holds; `restored` where that is the copy's.
 */
export async function readRecord(
  path: string,
  checks: RecordChecks = {},
): Promise<FoundRecord & { restored: boolean } | null> {
  const { accepts = () => true, isOurs = () => false, isBehind = () => false } = checks;
  const text = await textOf(path);
  if (text === null) return null;
  const found = readChecked(text);
  if (found.state === "unchecked" && !isOurs(found.value)) return { ...found, restored: false };
  const copy = await textOf(copyOf(path));
  const kept = copy === null ? null : readChecked(copy);
  const isUsable = found.state !== "damaged" && accepts(found.value);
  if (kept?.state !== "whole" || (isUsable && !isBehind(found, kept.value!))) {
    return { ...found, restored: false };
  }
  // Another process may have written both between the two readings.
  if (await textOf(path) !== text) return await readRecord(path, checks);
  return { ...kept, restored: true };
}

async function textOf(path: string): Promise<string | null> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return null;
    }
    throw named(error, "read", path);
  }
}
