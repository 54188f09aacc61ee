import type { Criterion } from "../records/criterion.ts";
import type { Verdict } from "../records/verdict.ts";
import { assertEquals } from "../testing/assert.ts";
import { judgedCriteria } from "./judged.ts";

Deno.test("one clip's verdicts, in the paper's order; null is not a failure and shows its reason", () => {
  const asked = (dimension: string, place: number, sign: 1 | -1) => {
    const at = { task: 1, id: `${dimension}-${place}`, dimension, place };
    return { ...at, sign, weight: 0.2, description: dimension } as Criterion;
  };
  const criteria = [
    asked("instruction", 1, 1),
    asked("scientific", 2, -1),
    asked("scientific", 1, 1),
    asked("visual", 1, 1),
  ];
  const clip = { judge: "probe", model: "nano", task: 1, seed: 0 };
  const verdict = ({ id, dimension }: Criterion, met: boolean | null, more = {}) =>
    ({ ...clip, id, dimension, place: 9, met, reason: "why", evidence: "", ...more }) as Verdict;
  const verdicts = [
    verdict(criteria[0], false, { evidence: "3 cells" }),
    verdict(criteria[1], false),
    verdict(criteria[2], null),
    verdict(criteria[3], false, { seed: 1 }),
    verdict(criteria[3], false, { judge: "imported" }),
    verdict(criteria[3], false, { model: "wan" }),
  ];
  const rows = judgedCriteria(criteria, verdicts, clip);
  assertEquals(
    rows.map((
      row,
    ) => [row.id, row.place, row.weight, row.met, row.failed, row.evidence]),
    [
      ["scientific-1", 1, 0.2, null, false, "why"],
      ["scientific-2", 2, -0.2, false, false, "why"],
      ["instruction-1", 1, 0.2, false, true, "3 cells"],
    ],
  );
});
