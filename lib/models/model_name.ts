/** Names of models that users may not give to other models. */
import { InputError } from "../errors.ts";
import { checkName, nameKey } from "../names.ts";
import type { Spec } from "../registry.ts";
import { violationNames } from "../worlds/registry.ts";
import { CONTROLS } from "../worlds/rubric.ts";

/** Names in tables of what no model makes. */
const OF_STUDIES = [...CONTROLS, "noise", "control", "reference"];

/**
 * Refuses a name in tables that a model may not have: what {@link checkName} refuses, and for a folder or
 * a label of the user's choice also the names of simulated worlds with violations, of the controls of a
 * judge's test, and of models of the registry.
 *
 * @param name The name in tables.
 * @param spec What was typed.
 * @param embedded Names of models that are there, such as `nano`.
 * @throws {InputError} in one line that says what to type.
 *
 * @example
 * ```ts
 * import { assertInputError } from "../testing/assert.ts";
 * import { parseSpec } from "../registry.ts";
 * import { checkModelName } from "./model_name.ts";
 *
 * checkModelName("nano", parseSpec("nano"), ["nano"]);
 * await assertInputError(
 *   () => checkModelName("Nano", parseSpec("folder:/my/Nano"), ["nano"]),
 *   "nano is a model of its own", "LABEL=folder:/my/Nano",
 * );
 * ```
 */
export function checkModelName(
  name: string,
  { kind, label, argument }: Spec,
  embedded: readonly string[],
): void {
  const typed = argument === undefined ? kind : `${kind}:${argument}`;
  checkName(name, "model", label === undefined ? `give it another with LABEL=${typed}` : undefined);
  if (kind !== "folder" && label === undefined) return;
  const key = nameKey(name);
  const ofModel = embedded.find((other) => nameKey(other) === key && other !== kind);
  const ofSimulator = kind === "simulator"
    ? undefined
    : ["violator", ...violationNames()].find((other) => nameKey(other) === key);
  const ofStudy = OF_STUDIES.find((other) => nameKey(other) === key);
  const taken = ofModel ?? ofSimulator ?? ofStudy;
  if (taken === undefined) return;
  const whose = ofModel
    ? "a model of its own"
    : ofSimulator
    ? "the name of simulated clips"
    : "the name of a control";
  throw new InputError(
    `Cannot call a model ${name}: ${taken} is ${whose}; give it another name with LABEL=${typed}`,
  );
}
