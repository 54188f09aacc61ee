import { assertEquals } from "../testing/assert.ts";
import { parseArgs } from "./parse_args.ts";

Deno.test("parseArgs: defaults, aliases, values in both forms, words, and the rest after --", () => {
  const args = parseArgs(["-n", "3", "--model=nano", "a", "--quiet", "--", "--b"], {
    string: ["seeds", "model", "out"],
    boolean: ["quiet", "force"],
    alias: { seeds: "n" },
    default: { out: "results" },
  });
  assertEquals({ ...args }, {
    _: ["a", "--b"],
    seeds: "3",
    model: "nano",
    out: "results",
    quiet: true,
    force: false,
  });
});

Deno.test("parseArgs: collected, negated and unknown flags", () => {
  const unknown: string[] = [];
  const args = parseArgs(["--model", "a", "--model", "b", "--no-report", "--modle", "c"], {
    string: ["model"],
    collect: ["model"],
    boolean: ["report"],
    negatable: ["report"],
    default: { report: true },
    unknown: (arg) => (unknown.push(arg), false),
  });
  assertEquals(args.model, ["a", "b"]);
  assertEquals(args.report, false);
  assertEquals(unknown, ["--modle", "c"]);
});

Deno.test("parseArgs: stopEarly leaves what follows the first word alone", () => {
  const args = parseArgs(["--out", "x", "judge", "--out", "y"], {
    string: ["out"],
    stopEarly: true,
  });
  assertEquals(args.out, "x");
  assertEquals(args._, ["judge", "--out", "y"]);
});
