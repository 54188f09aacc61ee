/** What commands cost, in `run.json`: no count makes it unreadable, and no damage to it loses a table. */
import { join } from "node:path";
import { InputError } from "../errors.ts";
import { runPaths } from "../paths.ts";
import { clipsTable } from "../records/clip.ts";
import { copyOf } from "../store/record_file.ts";
import { openCache } from "../store/cache.ts";
import { contentOf } from "../store/file.ts";
import { assertEquals, assertInputError, assertOk } from "../testing/assert.ts";
import { inFolder } from "../testing/folder.ts";
import { type Manifest, readManifest, writeManifest } from "./manifest.ts";
import { textProgress } from "./progress.ts";
import { type Session, withSession } from "./session.ts";
import { watchSpending } from "./spending.ts";

async function inRun(folder: string, work: (session: Session) => Promise<void>, begins = true) {
  const progress = textProgress(() => {}, { terminal: false });
  const invocation = { command: "judge", passed: [], resolved: {} };
  await withSession({ folder, invocation, progress, begins }, work);
}

const USAGE = {
  ...{ started: "now", model: "m", requests: 3, retried: 1, uncounted: 1, price: "table" },
  ...{ prompt_tokens: 10, completion_tokens: 2, cost_usd: 0.25 },
  ...{ uncounted_usd: 0.5, maybe_billed_usd: 0.125 },
};

Deno.test("money that nobody can account for is kept in the record, also of a command that fails", () =>
  inFolder(async (folder) => {
    await inRun(folder, () => Promise.resolve());
    const failing = inRun(folder, (session) => {
      session.spend(USAGE);
      session.spend({ ...USAGE, maybe_billed_usd: undefined });
      return Promise.reject(new InputError("Budget reached"));
    }, false);
    assertOk(await failing.then(() => false, () => true));
    const [, last] = (await readManifest(runPaths(folder).manifest))!.invocations;
    assertEquals([last.cost_usd, last.uncounted_usd, last.maybe_billed_usd], [0.5, 1, 0.125]);
    assertEquals([last.usage[0].maybe_billed_usd, last.status], [0.125, "failed"]);
  }));

Deno.test("a record with counts of an earlier version stays readable: fractions, huge, negative", () =>
  inFolder(async (folder) => {
    const path = runPaths(folder).manifest;
    await inRun(folder, () => Promise.resolve());
    const manifest = (await readManifest(path))!;
    const { uncounted_usd: _u, maybe_billed_usd: _m, ...older } = USAGE;
    for (const tokens of [10.5, 1e12, -4, 1e300]) {
      const usage = { ...older, prompt_tokens: tokens, completion_tokens: tokens };
      const [first] = manifest.invocations;
      const odd: Manifest = {
        ...manifest,
        invocations: [{ ...first, usage: [usage], prompt_tokens: tokens }],
      };
      await writeManifest(path, odd);
      await inRun(folder, () => Promise.resolve(), false);
      const [kept] = (await readManifest(path))!.invocations;
      assertEquals([kept.prompt_tokens, kept.usage[0].completion_tokens], [tokens, tokens]);
    }
  }));

Deno.test("a damaged run.json is named with what to do, which works; no table is touched", () =>
  inFolder(async (folder) => {
    const { manifest: path, table } = runPaths(folder);
    await inRun(folder, async () => {
      const clips = await openCache(clipsTable, table("clips"));
      await clips.compact();
    });
    const whole = await Deno.readTextFile(path);
    const tables = await contentOf([table("clips")]);
    const damages = ["", whole.slice(0, 60), whole.slice(0, -3), "\0".repeat(40), '{"form": 2}'];
    for (const damage of damages) {
      await Deno.writeTextFile(path, damage);
      await Deno.remove(copyOf(path));
      const message = await assertInputError(
        () => inRun(folder, () => Promise.resolve(), false),
        path,
        "Nothing was changed",
      );
      assertEquals([await Deno.readTextFile(path), message.includes("\n")], [damage, false]);
      const [, instead] = /write (\{.*\}) in its place/.exec(message)!;
      await Deno.rename(path, `${path}.damaged`);
      await Deno.writeTextFile(path, instead);
      await inRun(folder, () => Promise.resolve(), false);
      assertEquals((await readManifest(path))!.benchmark!.spec, "mini");
      assertEquals(await contentOf([table("clips")]), tables);
    }
    for (const foreign of ["[]", "null", '{"name": "my runs"}', '{"form": 9}']) {
      await Deno.writeTextFile(path, foreign);
      const message = await assertInputError(
        () => inRun(folder, () => Promise.resolve(), false),
        path,
        "Nothing was changed",
      );
      assertEquals([message.includes("in its place"), message.includes("\n")], [false, false]);
      assertEquals(await Deno.readTextFile(join(folder, "run.json")), foreign);
    }
  }));

Deno.test("what was spent is on record also of a command that is killed meanwhile", () =>
  inFolder(async (folder) => {
    const path = runPaths(folder).manifest;
    let requests = 0;
    const spent = ({ peek = false } = {}) => {
      const usage = { ...USAGE, requests, in_progress_usd: peek ? 0.75 : 0 };
      return { usage, text: `${requests} requests` };
    };
    await inRun(folder, async (session) => {
      const watch = watchSpending(spent, session, 5);
      for (requests of [2, 9]) {
        // What a command that is killed now leaves behind.
        for (;;) {
          const [record] = (await readManifest(path))!.invocations;
          if (record.usage[0]?.requests === requests) {
            assertEquals([record.status, record.usage.length], ["running", 1]);
            assertEquals([record.cost_usd, record.usage[0].in_progress_usd], [0.25, 0.75]);
            break;
          }
          await new Promise((resolve) => setTimeout(resolve, 2));
        }
      }
      assertEquals(await watch.end(), "9 requests");
    });
    const [{ usage, maybe_billed_usd }] = (await readManifest(path))!.invocations;
    assertEquals([usage.length, usage[0].in_progress_usd, maybe_billed_usd], [1, 0, 0.125]);
  }));

Deno.test("the first account is kept soon after the first requests are sent", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const spending = () => () => Promise.resolve(resolve());
  const watch = watchSpending(
    () => ({ usage: USAGE, text: "3 requests" }),
    { spending } as unknown as Session,
    3_600_000,
  );
  // The timer alone keeps no process running.
  const waiting = setInterval(() => {}, 1000);
  await promise;
  clearInterval(waiting);
  await watch.end();
});
