import { DIMENSIONS } from "../../records/criterion.ts";
import { random } from "../../random.ts";
import { assertEquals, assertNear, assertOk } from "../../testing/assert.ts";
import { type KnownVerdict, reliability } from "./reliability.ts";

type Question = Omit<KnownVerdict, "met">;

const VIOLATIONS = ["", "ballistic", "blank"];
const KINDS = ["true", "ballistic", "blank"];

/** Twelve tasks, three kinds of clips, 18 criteria each, a fifth of them penalties. */
function questions(repeats = 1): Question[] {
  const uniform = random(1, "questions");
  const rows: Question[] = [];
  for (let task = 1; task <= 12; task++) {
    for (const violation of VIOLATIONS) {
      for (let i = 0; i < 18; i++) {
        const sign = i % 5 === 4 ? -1 : 1;
        const broken = violation === "blank" || (violation !== "" && uniform() < 0.3);
        const truth = i === 17 ? null : broken === sign < 0;
        const at = { world: task < 7 ? "a" : "b", violation, task, seed: 1, id: `c-${i}` };
        for (let repeat = 0; repeat < repeats; repeat++) {
          rows.push({ ...at, dimension: DIMENSIONS[i % 3], sign, truth, repeat });
        }
      }
    }
  }
  return rows;
}

const judgedBy = (judge: (question: Question) => boolean | null, repeats = 1) =>
  reliability("double", "1", questions(repeats).map((q) => ({ ...q, met: judge(q) })));

function row(rows: ReturnType<typeof judgedBy>, kind = "all", dimension = "all", world = "all") {
  return rows.find((r) => r.kind === kind && r.dimension === dimension && r.world === world)!;
}

Deno.test("a judge that knows the truth: all measures perfect", () => {
  const all = row(judgedBy(({ truth }) => truth ?? true, 2));
  assertEquals(
    [all.sensitivity, all.specificity, all.macro_f1, all.kappa, all.errors_found],
    [1, 1, 1, 1, 1],
  );
  assertEquals([all.false_alarms, all.blank_credit, all.repeatability], [0, 0, 1]);
  assertEquals([all.repeats, all.judged, all.nulls], [2, 2 * 12 * 3 * 17, 0]);
});

Deno.test("one that always says yes: sensitivity 1, specificity 0, κ 0, credits blanks", () => {
  for (const yes of judgedBy(() => true).filter(({ kind }) => kind === "all")) {
    assertEquals([yes.sensitivity, yes.specificity, yes.kappa], [1, 0, 0]);
    assertEquals([yes.specificity_low, yes.specificity_high], [0, 0]);
    assertEquals(yes.blank_credit, 1);
  }
});

Deno.test("one that always says no: sensitivity 0, specificity 1; it finds unmet positives", () => {
  const rows = judgedBy(() => false);
  const no = row(rows);
  assertEquals([no.sensitivity, no.specificity, no.kappa, no.blank_credit], [0, 1, 0, 0]);
  // It charges every positive criterion and no penalty, violated or not.
  const blank = row(rows, "blank");
  assertNear(blank.errors_found!, 14 / 17, 1e-12);
  assertNear(row(rows, "true").false_alarms!, 14 / 17, 1e-12);
});

Deno.test("one that guesses: the interval of κ covers 0 for most such judges", () => {
  let covered = 0;
  for (let seed = 0; seed < 25; seed++) {
    const uniform = random(seed, "guess");
    const { kappa_low, kappa_high, specificity } = row(judgedBy(() => uniform() < 0.5));
    if (kappa_low! <= 0 && kappa_high! >= 0) covered++;
    assertNear(specificity!, 0.5, 0.15);
  }
  assertOk(covered >= 20, `${covered} of 25`);
});

Deno.test("nulls count neither for nor against, are counted, and credit nothing", () => {
  const all = row(judgedBy(({ truth, id }) => Number(id.slice(2)) % 2 ? null : truth));
  assertEquals([all.sensitivity, all.specificity], [1, 1]);
  assertEquals([all.judged, all.nulls], [12 * 3 * 9, 12 * 3 * 8]);
  const silent = row(judgedBy(() => null));
  assertEquals([silent.sensitivity, silent.kappa, silent.kappa_low], [null, null, null]);
  assertEquals([silent.judged, silent.blank_credit], [0, 0]);
});

Deno.test("repeatability: share of equal verdicts and α; null for a single repeat", () => {
  const uniform = random(4, "moods");
  const moody = row(judgedBy(() => uniform() < 0.5, 3));
  assertNear(moody.repeatability!, 0.25, 0.05);
  assertNear(moody.repeat_alpha!, 0, 0.1);
  assertEquals(row(judgedBy(() => true)).repeatability, null);
});

Deno.test("rows for all and for each world, dimension and kind; counts add up", () => {
  const rows = judgedBy(({ truth }) => truth);
  assertEquals(rows.length, 3 * 4 * 5);
  const sum = (own: typeof rows) => own.reduce((total, { judged }) => total + judged, 0);
  const everywhere = rows.filter(({ world }) => world === "all");
  assertEquals(
    sum(everywhere.filter(({ kind, dimension }) => kind === "all" && dimension !== "all")),
    row(rows).judged,
  );
  assertEquals(
    sum(everywhere.filter(({ kind, dimension }) => KINDS.includes(kind) && dimension === "all")),
    row(rows).judged,
  );
  assertEquals(row(rows, "violations"), {
    ...row(rows, "ballistic"),
    kind: "violations",
  });
  assertEquals(row(rows, "true").blank_credit, null);
});
