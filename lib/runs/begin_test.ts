/** What a command makes of a folder before it works in it: begun, refused, or as a kill left it. */
import { join } from "node:path";
import { InputError } from "../errors.ts";
import { runPaths } from "../paths.ts";
import { assertEquals, assertInputError, assertOk } from "../testing/assert.ts";
import { inFolder } from "../testing/folder.ts";
import { writeOwnBenchmark } from "../testing/own_benchmark.ts";
import { keepBenchmark } from "./benchmark.ts";
import { lockFile } from "./lock.ts";
import { readManifest, writeManifest } from "./manifest.ts";
import { silent } from "./progress.ts";
import { type SessionOptions, withSession } from "./session.ts";

const invocation = { command: "try", passed: [], resolved: {} };

/** Opens a session and does nothing in it. */
function visit(folder: string, options: Partial<SessionOptions> = {}): Promise<string> {
  return withSession(
    { folder, invocation, progress: silent, begins: true, ...options },
    ({ loaded }) => Promise.resolve(loaded.benchmark.name),
  );
}

/** All files of a folder with their text, by path. */
async function contentOf(folder: string, under = ""): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const { name, isDirectory } of Deno.readDir(join(folder, under))) {
    const path = join(under, name);
    if (isDirectory) Object.assign(found, { [`${path}/`]: "" }, await contentOf(folder, path));
    else found[path] = await Deno.readTextFile(join(folder, path));
  }
  return found;
}

async function write(folder: string, files: Record<string, string>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await Deno.mkdir(join(folder, path, ".."), { recursive: true });
    await Deno.writeTextFile(join(folder, path), text);
  }
}

async function until(path: string): Promise<void> {
  while (!await Deno.stat(path).then(() => true, () => false)) {
    await new Promise((done) => setTimeout(done, 5));
  }
}

Deno.test("one new run begun at the same moment with two benchmarks: one of them is refused", () =>
  inFolder(async (parent) => {
    const file = join(parent, "cells.json");
    await writeOwnBenchmark(file);
    // As one process: another begins the run between our look and our lock.
    const whole = runPaths(join(parent, "whole"));
    let turn = await lockFile(whole.manifestLock);
    const late = visit(whole.folder, { benchmark: "mini" });
    const refused = assertInputError(() => late, "Cannot use mini", "it is of", file);
    await until(whole.lock);
    await visit(join(parent, "other"), { benchmark: file });
    const begun = (await readManifest(join(parent, "other", "run.json")))!;
    await writeManifest(whole.manifest, begun);
    turn[Symbol.dispose]();
    await refused;
    assertEquals(await readManifest(whole.manifest), begun);
    // As two shards, which both have the folder.
    const shares = runPaths(join(parent, "shares"));
    turn = await lockFile(shares.manifestLock);
    const both = [file, "mini"].map((benchmark) =>
      visit(shares.folder, { benchmark, shared: true }).then(
        (name) => ({ name, message: "" }),
        ({ message }) => ({ name: "", message }),
      )
    );
    await until(shares.lock);
    await new Promise((done) => setTimeout(done, 300));
    turn[Symbol.dispose]();
    const ended = await Promise.all(both);
    const [{ message }] = ended.filter(({ name }) => name === "");
    assertOk(message.startsWith("Cannot use "), message);
    const { benchmark, invocations } = (await readManifest(shares.manifest))!;
    assertEquals(ended.filter(({ name }) => name !== "").map(({ name }) => name), [
      benchmark!.name,
    ]);
    assertEquals(invocations.map(({ status }) => status), ["finished"]);
  }));

Deno.test("shards do not begin on a benchmark that changed while others are at work", () =>
  inFolder(async (parent) => {
    const file = join(parent, "cells.json");
    await writeOwnBenchmark(file);
    const folder = join(parent, "run");
    await withSession(
      { folder, invocation, progress: silent, begins: true, benchmark: file, shared: true },
      async () => {
        await writeOwnBenchmark(file, { criterion: "It is crisp." });
        await assertInputError(() => visit(folder, { shared: true }), "has changed since");
      },
    );
    assertEquals(await visit(folder, { shared: true }), "cells");
  }));

Deno.test("no run begins among files that a run would replace, nor beside hidden ones", async () => {
  for (
    const name of [
      ...["stats.arrow", "report/index.html", "clips/simulator/1-0.mp4", ".git/HEAD"],
      ...[".env", ".lock", "sub/.microverse-x.tmp", "verdicts.journal.arrows"],
    ]
  ) {
    await inFolder(async (folder) => {
      // An empty file is someone's too.
      await write(folder, { [name]: name === ".lock" ? "" : "mine" });
      const before = await contentOf(folder);
      await assertInputError(() => visit(folder), name.split("/")[0], "new or empty folder");
      assertEquals(await contentOf(folder), before);
    });
  }
});

Deno.test("a run begins where a command was killed that began it", () =>
  inFolder(async (folder) => {
    await write(folder, {
      ".microverse.lock": "",
      ".microverse-run.lock": "",
      ".microverse-run.json-0a1b2c3d.tmp": "{",
    });
    assertEquals(await visit(folder), "mini");
    assertEquals(Object.keys(await contentOf(folder)).sort(), [
      ...[".microverse-copy-run.json", ".microverse-run.lock", ".microverse.lock", "run.json"],
    ]);
  }));

Deno.test("a run begun in vain is removed, and nothing else is", () =>
  inFolder(async (parent) => {
    const fail = async (
      folder: string,
      error: Error,
      work: () => unknown,
      signal?: AbortSignal,
    ) => {
      const failing = withSession(
        { folder, invocation, progress: silent, begins: true, signal },
        async ({ loaded, paths, step }) => {
          await step("stats", 0, () => keepBenchmark(loaded, paths));
          await work();
          throw error;
        },
      );
      assertEquals(await failing.catch((thrown) => thrown), error);
    };
    const nothing = () => Promise.resolve();
    const refused = new InputError("no such clips");
    const [mine, own] = ["mine", "own"].map((name) => join(parent, name));
    await fail(mine, refused, nothing);
    assertEquals(await contentOf(parent), {});
    // A folder of the user's stays.
    await Deno.mkdir(own);
    await fail(own, refused, nothing);
    assertEquals(await contentOf(parent), { "own/": "" });
    // A run stays that holds anything more, that crashed or was stopped, or that was there before.
    const stop = new AbortController();
    const kept: [string, Error, () => unknown, string][] = [
      ["rows", refused, () => write(parent, { "rows/clips.journal.arrows": "a row" }), "failed"],
      ["crash", new Error("no luck"), nothing, "failed"],
      ["before", refused, nothing, "failed"],
      ["stopped", refused, () => stop.abort(), "stopped"],
    ];
    await visit(join(parent, "before"));
    for (const [name, error, work, status] of kept) {
      await fail(join(parent, name), error, work, name === "stopped" ? stop.signal : undefined);
      const { manifest } = runPaths(join(parent, name));
      assertEquals((await readManifest(manifest))!.invocations.at(-1)!.status, status);
    }
  }));

Deno.test("a run.json that is none of ours is refused, and nothing in its folder changed", async () => {
  const vague = { command: "x", steps: [] };
  const fuller = {
    ...{
      ...vague,
      versions: { deno: "2" },
      commit: null,
      dirty: null,
      flags_passed: [],
      flags: {},
    },
    ...{ started: "2026-01-01T00:00:00Z", finished: null, status: "finished" },
  };
  for (const json of [null, {}, vague, fuller, { ...fuller, mine: 1 }, { form: 2 }]) {
    await inFolder(async (folder) => {
      await write(folder, {
        "run.json": JSON.stringify(json),
        "sub/.microverse-x.tmp": "mine",
        "shards/1-of-2.arrow": "mine",
        "shards/1-of-2.lock": "mine",
      });
      const before = await contentOf(folder);
      for (const options of [{}, { begins: false }, { shared: true }]) {
        await assertInputError(() => visit(folder, options), "run.json");
      }
      assertEquals(await contentOf(folder), before);
    });
  }
});

Deno.test("run.json: a link stays one, and what is read-only stays as it is", () =>
  inFolder(async (parent) => {
    const folder = join(parent, "run");
    await visit(folder);
    const { manifest } = runPaths(folder);
    const target = join(parent, "kept.json");
    await Deno.rename(manifest, target);
    await Deno.symlink(target, manifest);
    await visit(folder);
    assertOk((await Deno.lstat(manifest)).isSymlink);
    assertEquals((await readManifest(target))!.invocations.length, 2);
    await Deno.chmod(target, 0o444);
    const before = await contentOf(parent);
    await assertInputError(() => visit(folder), manifest, "read-only");
    assertEquals(await contentOf(parent), before);
  }));

Deno.test("what is no folder holds no run", () =>
  inFolder(async (parent) => {
    await write(parent, { file: "mine" });
    for (const path of ["/dev/null", join(parent, "file"), join(parent, "file", "below")]) {
      for (const begins of [true, false]) {
        await assertInputError(() => visit(path, { begins }), "expected a folder");
      }
    }
  }));

Deno.test("a killed command's record says so once the folder is another's", () =>
  inFolder(async (folder) => {
    await visit(folder);
    const { manifest } = runPaths(folder);
    const { invocations: [record], ...rest } = (await readManifest(manifest))!;
    const killed = { ...record, status: "running" as const, ended: null };
    await writeManifest(manifest, { ...rest, invocations: [killed] });
    const statuses = async () =>
      (await readManifest(manifest))!.invocations.map(({ status }) => status);
    // It may be at work beside us.
    await visit(folder, { shared: true });
    assertEquals(await statuses(), ["running", "finished"]);
    await visit(folder);
    assertEquals(await statuses(), ["killed", "finished", "finished"]);
  }));
