import { assertInputError } from "./testing/assert.ts";
import { reproduce } from "./reproduce.ts";
import { silent } from "./runs/progress.ts";
import { withSession } from "./runs/session.ts";

Deno.test("the release is read from the folder given, and needs verdicts to import", async () => {
  const folder = await Deno.makeTempDir();
  const invocation = { command: "reproduce", passed: [], resolved: {} };
  const attempt = (options: { release?: string; results?: string }) =>
    withSession(
      { folder, invocation, progress: silent },
      (session) =>
        reproduce({ benchmark: "release", models: [], rule: "release", ...options }, session),
    );
  const elsewhere = `${folder}/elsewhere`;
  await assertInputError(() => attempt({ release: elsewhere }), "--results DIR");
  await assertInputError(
    () => attempt({ release: elsewhere, results: folder }),
    `MWBenchRubrics_norm.json in ${elsewhere}`,
  );
  await Deno.remove(folder, { recursive: true });
});
