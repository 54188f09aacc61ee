/** The released rubric block: a flat object `d1, s1, w1, d2, …` of descriptions, signs and weights. */
import { InputError } from "../errors.ts";

/** One criterion of a block, as written. */
export interface BlockEntry {
  /** The number in its keys: 1 for `d1`, 22 for `d22`. */
  number: number;
  /** The criterion's text. */
  description: string;
  /** −1 for a penalty. */
  sign: 1 | -1;
  /** The weight as a number. */
  weight: number;
  /** The weight as written if it is a string, otherwise null. */
  weightText: string | null;
  /** The probe's binding, for benchmarks with probes. */
  probe?: unknown;
}

/**
 * Reads a rubric block in key order. Weights may be numbers or numeric strings (`"1."`).
 *
 * @param where The block's name in error messages, such as `rubrics.json 60/scientific`.
 * @throws {InputError} for a description without sign or weight, an unknown key, an empty
 * description, a sign other than `"+1"` and `"-1"`, or a weight that is not a number of 0 or more.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { readBlock } from "./block.ts";
 *
 * const [entry] = readBlock({ d1: "Cells divide", s1: "+1", w1: "1." }, "60/scientific");
 * assertEquals([entry.sign, entry.weight, entry.weightText], [1, 1, "1."]);
 * ```
 */
export function readBlock(block: Readonly<Record<string, unknown>>, where: string): BlockEntry[] {
  const fail = (problem: string): never => {
    throw new InputError(`Cannot read rubric ${where}: ${problem}`);
  };
  const numbers = new Set<number>();
  for (const key of Object.keys(block)) {
    const match = /^[dswp](\d+)$/.exec(key) ??
      fail(`found key ${key}; expected dN, sN, wN with a number N`);
    numbers.add(Number(match[1]));
  }
  return [...numbers].map((number) => {
    const description = block[`d${number}`];
    if (typeof description !== "string" || description.trim() === "") {
      return fail(`d${number} is ${JSON.stringify(description)}; expected a description`);
    }
    const probe = block[`p${number}`];
    return {
      number,
      description,
      ...signOf(),
      ...weightOf(),
      ...(probe === undefined ? {} : { probe }),
    };

    function signOf(): { sign: 1 | -1 } {
      const sign = block[`s${number}`];
      if (sign === "+1" || sign === 1) return { sign: 1 };
      if (sign === "-1" || sign === -1) return { sign: -1 };
      return fail(`s${number} is ${JSON.stringify(sign)}; expected "+1" or "-1"`);
    }

    function weightOf(): { weight: number; weightText: string | null } {
      const found = block[`w${number}`];
      const text = typeof found === "string" ? found.trim() : null;
      const weight = text === null ? found : /^\d+\.?\d*$/.test(text) ? Number(text) : NaN;
      if (typeof weight !== "number" || !(weight >= 0 && weight < Infinity)) {
        return fail(`w${number} is ${JSON.stringify(found)}; expected a number of 0 or more`);
      }
      return { weight, weightText: text };
    }
  });
}
