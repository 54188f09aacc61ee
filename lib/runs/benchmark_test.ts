import { openBenchmark } from "../benchmark/registry.ts";
import { assertInputError, assertOk } from "../testing/assert.ts";
import { audit } from "./benchmark.ts";

Deno.test("a probe that the judge could not follow is refused before anything is made", async () => {
  const loaded = await openBenchmark("mini");
  assertOk(Array.isArray(audit(loaded)));
  const [first, ...others] = loaded.benchmark.criteria;
  const probe = JSON.stringify({ ...JSON.parse(first.probe), measure: "nope" });
  const criteria = [...others, { ...first, probe }];
  await assertInputError(
    () => audit({ ...loaded, benchmark: { ...loaded.benchmark, criteria } }),
    `task ${first.task}`,
    "unknown measure nope",
  );
});
