import { assertEquals, assertInputError } from "./testing/assert.ts";
import { sharedData } from "./testing/shared_data.ts";
import { reproduce } from "./reproduce.ts";
import { silent } from "./runs/progress.ts";
import { withSession } from "./runs/session.ts";

const shared = sharedData("microworldbench");

Deno.test("the release needs verdicts to import, and its own folder where one is named", async () => {
  const folder = await Deno.makeTempDir();
  const invocation = { command: "reproduce", passed: [], resolved: {} };
  const attempt = (benchmark: string, results?: string) =>
    withSession(
      { folder: `${folder}/run`, invocation, progress: silent, begins: true, benchmark },
      (session) => reproduce({ models: [], rule: "release", results }, session),
    );
  const elsewhere = `${folder}/elsewhere`;
  await assertInputError(
    () => attempt(`release:${elsewhere}`, folder),
    `MWBenchRubrics_norm.json in ${elsewhere}`,
  );
  assertEquals([...Deno.readDirSync(folder)], []);
  await Deno.remove(folder, { recursive: true });
});

Deno.test({
  name: "a benchmark that no probe measures is not reproduced without verdicts",
  ignore: shared.absent,
  async fn() {
    const folder = await Deno.makeTempDir();
    const invocation = { command: "reproduce", passed: [], resolved: {} };
    const benchmark = `release:${shared.path}`;
    await assertInputError(
      () =>
        withSession(
          { folder, invocation, progress: silent, begins: true, benchmark },
          (session) => reproduce({ models: [], rule: "release" }, session),
        ),
      "--results DIR",
    );
    await Deno.remove(folder, { recursive: true });
  },
});
