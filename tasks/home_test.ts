/** `~` means the home folder wherever a user names a path: every flag of every task, and every argument. */
import { homedir } from "node:os";
import { join } from "node:path";
import type { z } from "zod";
import { openBenchmark } from "../lib/benchmark/registry.ts";
import { chooseJudge } from "../lib/judges/registry.ts";
import { chooseModel } from "../lib/models/registry.ts";
import { metaOf } from "../lib/options.ts";
import { runFolder } from "../lib/paths.ts";
import { assertEquals, assertInputError, assertOk } from "../lib/testing/assert.ts";
import { TASKS } from "./registry.ts";

const home = homedir()!;

Deno.test("~ in every flag that is a path, of every task and every model and judge", async () => {
  let checked = 0;
  for (const [name, load] of Object.entries(TASKS)) {
    const { flags, choice } = await load();
    const owned = Object.values(choice?.registry ?? {}).map(({ options }) => options.shape);
    for (const [flag, schema] of Object.entries(Object.assign({}, ...owned, flags))) {
      const { value = "" } = metaOf(schema as z.ZodType);
      if (!/^(DIR|FILE|PATH)/.test(value)) continue;
      const read = (typed: string) => (schema as z.ZodType).parse(typed);
      assertEquals(read("~/a b/c"), join(home, "a b", "c"), `${name} --${flag}`);
      assertEquals([read("/~/c"), read("a~"), read("./~")], ["/~/c", "a~", "./~"]);
      checked++;
    }
  }
  assertOk(checked > 12, String(checked));
});

Deno.test("~ in what is named with a kind, in runs and in benchmarks", async () => {
  for (const name of ["folder:~/clips", "mine=wan:~/clips", "trained:~/clips"]) {
    assertEquals(chooseModel(name).spec.argument, join(home, "clips"));
  }
  for (const name of ["imported:~/x", "a=human:~/x"]) {
    assertEquals(chooseJudge(name).spec.argument, join(home, "x"));
  }
  assertEquals([runFolder("~/runs/a"), runFolder("~")], [join(home, "runs/a"), home]);
  await assertInputError(
    () => openBenchmark("~/no-such/own.json"),
    join(home, "no-such", "own.json"),
  );
  await assertInputError(() => openBenchmark("release:~/no-such"), join(home, "no-such"));
});
