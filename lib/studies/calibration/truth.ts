/** What is known beforehand of the criteria of simulated clips, so that a judge can be tested. */
import { basename } from "node:path";
import { z } from "zod";
import { dimensionSchema } from "../../benchmark/benchmark.ts";
import type { Criterion } from "../../records/criterion.ts";
import type { Scene } from "../../benchmark/mini.ts";
import { InputError, messageOf } from "../../errors.ts";
import type { TextFile } from "../../json_files.ts";

/** Clips that no judge should take for the true thing, whatever the world. */
export const CONTROLS = ["blank", "frozen", "shuffled"] as const;

export type Control = typeof CONTROLS[number];

const claimSchema = z.strictObject({
  dimension: dimensionSchema,
  says: z.string().min(1).describe("words that one criterion of every task of the world holds"),
  because: z.string().min(1),
});
const violationSchema = z.strictObject({
  broken: z.array(claimSchema).min(1),
  uncertain: z.array(claimSchema),
});
const controlSchema = z.object({ broken: z.array(claimSchema).min(1) });
const fileSchema = z.strictObject({
  violations: z.record(z.string(), violationSchema),
  controls: z.strictObject({
    blank: controlSchema,
    frozen: controlSchema,
    shuffled: controlSchema,
  }),
});

type Claim = z.output<typeof claimSchema>;

/** What the files of `data/mini/violations/` declare, by world. */
export type Declared = Record<string, z.output<typeof fileSchema>>;

/** Whether each criterion of a clip is truly met. */
export interface KnownTruth {
  /**
   * @param kind `simulator`, `violator:<violation>` or `control:<control>`.
   * @returns Null where it is not certain.
   */
  met(kind: string, criterion: Criterion): boolean | null;
}

/**
 * Parses the declarations, a file a world: `WORLD.json`.
 *
 * @throws {InputError} naming the file and the field.
 *
 * @example
 * ```ts
 * import { assertInputError } from "../../testing/assert.ts";
 * import { parseDeclared } from "./truth.ts";
 *
 * const file = { file: "mitosis.json", text: "{}" };
 * await assertInputError(() => parseDeclared([file]), "mitosis.json", "violations");
 * ```
 */
export function parseDeclared(files: readonly TextFile[]): Declared {
  return Object.fromEntries(files.map(({ file, text }) => {
    try {
      return [basename(file, ".json"), fileSchema.parse(JSON.parse(text))];
    } catch (error) {
      const problem = error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error);
      throw new InputError(`Cannot read ${file}: ${problem}`);
    }
  }));
}

/**
 * The truth of every criterion of simulated clips. It is argued from the physics and the wording of
 * the criteria, never taken from what a judge measured:
 *
 * - In a true world every positive criterion is met and every penalty is not: the benchmark is
 *   written so.
 * - A planted violation breaks the criteria that the file declares `broken` (positives become unmet,
 *   penalties met), leaves open those that it declares `uncertain`, and leaves all others true.
 * - Of a control only what the file declares `broken` is certain. Whether a picture that stands still
 *   earns what it shows well is for the judge's rule to say, not a fact.
 *
 * @param criteria Under repaired keys.
 * @param scenes World and parameters by task number.
 * @throws {InputError} listing every declared criterion that is not there exactly once in each task
 * of its world, or that is declared twice.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import type { Criterion } from "../../records/criterion.ts";
 * import { type Declared, knownTruth } from "./truth.ts";
 *
 * const says = { dimension: "scientific" as const, says: "No slip", because: "one speed" };
 * const control = { broken: [says] };
 * const declared: Declared = {
 *   "vessel-flow": {
 *     violations: { "plug-flow": { broken: [says], uncertain: [] } },
 *     controls: { blank: control, frozen: control, shuffled: control },
 *   },
 * };
 * const slip = { task: 1, dimension: "scientific", criterion: 2, sign: 1, description: "No slip." };
 * const scenes = new Map([[1, { world: "vessel-flow", parameters: {} }]]);
 * const truth = knownTruth(declared, [slip as Criterion], scenes);
 * assertEquals(truth.met("simulator", slip as Criterion), true);
 * assertEquals(truth.met("violator:plug-flow", slip as Criterion), false);
 * ```
 */
export function knownTruth(
  declared: Declared,
  criteria: readonly Criterion[],
  scenes: ReadonlyMap<number, Scene>,
): KnownTruth {
  /** By kind, task and criterion; what is not there is uncertain for a control, else kept. */
  const known = new Map<string, boolean | null>();
  const kinds = new Set<string>();
  const problems: string[] = [];
  const blocks = Map.groupBy(criteria, ({ task, dimension }) => `${task}/${dimension}`);
  const declare = (
    world: string,
    kind: string,
    claims: readonly Claim[],
    met: (sign: number) => boolean | null,
  ) => {
    for (const [task, scene] of scenes) {
      if (scene.world !== world) continue;
      kinds.add(`${kind}/${task}`);
      for (const { dimension, says } of claims) {
        const own = (blocks.get(`${task}/${dimension}`) ?? [])
          .filter(({ description }) => description.includes(says));
        const place = `${world}, ${kind}: task ${task} has ${own.length} ${dimension} criteria`;
        if (own.length !== 1) problems.push(`${place} that say "${says}"; expected one`);
        for (const criterion of own) {
          const key = keyOf(kind, criterion);
          if (known.has(key)) problems.push(`${place} declared twice: "${says}"`);
          known.set(key, met(criterion.sign));
        }
      }
    }
  };
  for (const [world, { violations, controls }] of Object.entries(declared)) {
    for (const [name, { broken, uncertain }] of Object.entries(violations)) {
      declare(world, `violator:${name}`, broken, (sign) => sign < 0);
      declare(world, `violator:${name}`, uncertain, () => null);
    }
    for (const name of CONTROLS) {
      declare(world, `control:${name}`, controls[name].broken, (sign) => sign < 0);
    }
  }
  if (problems.length > 0) {
    throw new InputError(`Cannot use what is declared:\n  ${problems.join("\n  ")}`);
  }
  return {
    met(kind, criterion) {
      const asInTruth = criterion.sign > 0;
      if (kind === "simulator") return asInTruth;
      if (!kinds.has(`${kind}/${criterion.task}`)) return null;
      const found = known.get(keyOf(kind, criterion));
      if (found !== undefined) return found;
      return kind.startsWith("control:") ? null : asInTruth;
    },
  };
}

function keyOf(kind: string, { task, dimension, criterion }: Criterion): string {
  return `${kind}/${task}/${dimension}/${criterion}`;
}
