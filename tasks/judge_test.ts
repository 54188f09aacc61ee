/** Asking a model, as a user runs it: faults, kills, money, secrets. */
import { basename, join } from "node:path";
import { runPaths } from "../lib/paths.ts";
import { random } from "../lib/random.ts";
import { verdictsTable } from "../lib/records/verdict.ts";
import { readManifest } from "../lib/runs/manifest.ts";
import { readTable } from "../lib/store/table.ts";
import { assertEquals, assertNear, assertOk } from "../lib/testing/assert.ts";
import { faultServer } from "../lib/testing/openai/fault_server.ts";
import { FAULTS } from "../lib/testing/openai/faults.ts";
import { spawnTask, type TaskOptions } from "../lib/testing/tasks.ts";

const KEY = "sk-test-0123456789abcdef";
const env = { OPENAI_API_KEY: KEY };

/** A run with clips to judge, and what judging it needs. */
async function runWithClips(seeds: number) {
  const parent = await Deno.makeTempDir();
  const folder = join(parent, "run");
  const made = await task("generate", [
    "--model",
    "simulator",
    "--run",
    folder,
    "--tasks",
    "1,5,9,12",
    "--seeds",
    `0-${seeds - 1}`,
  ]);
  assertEquals(made.code, 0, made.stderr);
  return { parent, folder, answers: join(parent, "answers") };
}

async function task(name: string, flags: string[], options: TaskOptions = {}) {
  const { code, stdout, stderr } = await (await spawnTask(name, flags, options)).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

function asking(baseUrl: string, folder: string, answers: string, ...more: string[]) {
  const flags = ["--run", folder, "--judge", "openai:gpt-4o", "--base-url", baseUrl];
  return [...flags, "--answers", answers, ...more];
}

async function invocationsOf(folder: string) {
  return (await readManifest(runPaths(folder).manifest))!.invocations;
}

async function verdictsOf(folder: string) {
  return (await readTable(verdictsTable, runPaths(folder).table("verdicts")))
    .map((row) => ({ ...row, latency_ms: 0 }));
}

/** The kept answers by their keys, without what differs by chance. */
async function answersIn(folder: string): Promise<Map<string, unknown>> {
  const kept = new Map<string, unknown>();
  for (const { name } of [...Deno.readDirSync(folder)].sort((a, b) => a.name < b.name ? -1 : 1)) {
    for (
      const file of [...Deno.readDirSync(join(folder, name))].map((entry) => entry.name).sort()
    ) {
      if (!file.endsWith(".json")) continue;
      const { reply } = JSON.parse(await Deno.readTextFile(join(folder, name, file)));
      kept.set(file, { ...reply, latency_ms: 0, attempts: 1 });
    }
  }
  return kept;
}

/** Whether a text stands in any file below a folder. */
async function standsBelow(folder: string, text: string): Promise<boolean> {
  for await (const entry of Deno.readDir(folder)) {
    const path = join(folder, entry.name);
    if (
      entry.isDirectory
        ? await standsBelow(path, text)
        : (await Deno.readTextFile(path)).includes(text)
    ) {
      return true;
    }
  }
  return false;
}

Deno.test("every fault ends in a verdict or a null with its reason, and a later run fills exactly the nulls", async () => {
  const { parent, folder, answers } = await runWithClips(4);
  const faults = Object.values(FAULTS)
    .filter(({ remedy, fault }) => remedy !== "fatal" && fault.kind !== "hang")
    .map(({ fault }) => fault);
  let nth = 0;
  await using server = faultServer({
    faults: () => nth++ % 2 === 0 ? faults[(nth >> 1) % faults.length] : null,
    failureRate: 0.1,
    apiKey: KEY,
  });
  const wide = ["--concurrency", "48"];
  const first = await task("judge", asking(server.baseUrl, folder, answers, ...wide), { env });
  assertEquals(first.code, 0, first.stderr);
  const before = await verdictsOf(folder);
  const nulls = before.filter(({ met }) => met === null);
  assertOk(nulls.every(({ reason }) => reason.length > 10), JSON.stringify(nulls[0]));
  assertOk(nulls.length > 0, "no fault came through");

  server.change({ faults: [], failureRate: 0 });
  const asked = server.requests.length;
  const second = await task("judge", asking(server.baseUrl, folder, answers), { env });
  assertEquals(second.code, 0, second.stderr);
  const after = await verdictsOf(folder);
  assertEquals(after.filter(({ met }) => met === null), []);
  const judged = new Map(before.filter(({ met }) => met !== null).map((row) => [row.key, row]));
  for (const row of after) if (judged.has(row.key)) assertEquals(row, judged.get(row.key));
  const groups = new Set(nulls.map((row) => `${row.task}/${row.seed}/${row.dimension}`));
  assertEquals(server.requests.length - asked, groups.size);

  for (const said of [first, second]) assertOk(!(said.stdout + said.stderr).includes(KEY));
  assertOk(!await standsBelow(parent, KEY));
  await Deno.remove(parent, { recursive: true });
});

Deno.test("kills and Ctrl-C at random moments: nothing answered is asked again, and tables are equal", async () => {
  const { parent, folder, answers } = await runWithClips(6);
  await using server = faultServer({ latencyMs: 60, apiKey: KEY });
  const whole = join(parent, "whole");
  await Deno.mkdir(whole);
  for (const path of [runPaths(folder).table("clips"), runPaths(folder).manifest]) {
    await Deno.copyFile(path, join(whole, basename(path)));
  }
  await Deno.symlink(join(folder, "clips"), join(whole, "clips"));
  const uninterrupted = await task(
    "judge",
    asking(server.baseUrl, whole, join(parent, "other answers")),
    { env },
  );
  assertEquals(uninterrupted.code, 0, uninterrupted.stderr);
  const all = server.requests.length;

  const draw = random(8, "moments");
  for (let k = 0; k < 8; k++) {
    const child = (await spawnTask(
      "judge",
      asking(server.baseUrl, folder, answers, "--concurrency", "3"),
      { env },
    )).spawn();
    const ended = child.output();
    const timer = setTimeout(() => child.kill(k % 2 ? "SIGINT" : "SIGKILL"), 400 + draw() * 900);
    const { code } = await ended;
    clearTimeout(timer);
    if (code === 0) break;
  }
  const last = await task("judge", asking(server.baseUrl, folder, answers), { env });
  assertEquals(last.code, 0, last.stderr);
  const money = (rows: Awaited<ReturnType<typeof verdictsOf>>) =>
    rows.map(({ cost_usd: _c, prompt_tokens: _p, completion_tokens: _o, attempts: _a, ...row }) =>
      row
    );
  assertEquals(money(await verdictsOf(folder)), money(await verdictsOf(whole)));
  assertEquals(await answersIn(answers), await answersIn(join(parent, "other answers")));
  // Requests under way at a kill are lost to it: at most as many as were under way at once.
  assertOk(
    server.requests.length - all <= all + 8 * 3,
    `${server.requests.length - all} of ${all}`,
  );
  await Deno.remove(parent, { recursive: true });
});

Deno.test("the estimate is within a tenth of what the server counts, and a budget is never passed", async () => {
  const { parent, folder, answers } = await runWithClips(2);
  await using server = faultServer({ latencyMs: 20 });
  const flags = asking(server.baseUrl, folder, answers);
  const said = await task("judge", [...flags, "--estimate"], { env });
  assertEquals(server.requests.length, 0);
  const number = (name: string) =>
    Number(new RegExp(`^${name} +\\$?([\\d.]+)`, "m").exec(said.stdout)?.[1]);

  const tight = await task("judge", [...flags, "--budget", "0.1", "--concurrency", "8"], { env });
  assertEquals(tight.code, 2, tight.stderr);
  assertOk(tight.stderr.includes("$0.10"), tight.stderr);
  const { usage: spent, status, cost_usd } = (await invocationsOf(folder)).at(-1)!;
  assertEquals([spent.length, status], [1, "failed"]);
  assertOk(cost_usd > 0 && cost_usd <= 0.1, String(cost_usd));
  const sent = server.requests.length;
  assertOk(sent > 0 && sent < number("requests"));

  const rest = await task("judge", flags, { env });
  assertEquals(rest.code, 0, rest.stderr);
  assertEquals(server.requests.length, number("requests"));
  const counted = server.counted.prompt_tokens + server.counted.completion_tokens;
  const estimated = number("prompt tokens") + number("completion tokens");
  assertNear(estimated / counted, 1, 0.1, "estimated over counted tokens");
  const usage = (await invocationsOf(folder)).map((row) => row.prompt_tokens);
  assertEquals(
    usage.reduce((sum, tokens) => sum + tokens, 0),
    server.counted.prompt_tokens,
  );
  await Deno.remove(parent, { recursive: true });
});

Deno.test("an error that affects every request stops the run at once, with one line", async () => {
  const { parent, folder, answers } = await runWithClips(2);
  await using server = faultServer({ apiKey: "another key", models: ["gpt-4o"] });
  const denied = await task("judge", asking(server.baseUrl, folder, answers), { env });
  assertEquals([denied.code, denied.stderr.includes("401")], [2, true], denied.stderr);
  assertOk(server.requests.length <= 16, `${server.requests.length} requests`);
  server.change({ apiKey: KEY, models: ["gpt-5"] });
  const absent = await task("judge", asking(server.baseUrl, folder, answers), { env });
  assertEquals([absent.code, absent.stderr.includes("gpt-4o")], [2, true], absent.stderr);
  const closed = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const unused = `http://127.0.0.1:${closed.addr.port}/v1`;
  closed.close();
  const nobody = await task("judge", asking(unused, folder, answers), { env });
  assertEquals(nobody.code, 2, nobody.stderr);
  for (const { stderr } of [denied, absent, nobody]) {
    assertOk(!stderr.includes("    at ") && !stderr.includes(KEY), stderr);
  }
  await Deno.remove(parent, { recursive: true });
});

Deno.test("a batch is sent by one process, collected by another, and becomes the same verdicts", async () => {
  const { parent, folder, answers } = await runWithClips(1);
  await using server = faultServer({ apiKey: KEY });
  const flags = asking(server.baseUrl, folder, answers, "--batch-api");
  const sent = await task("judge", [...flags, "--no-wait"], { env });
  assertEquals(sent.code, 0, sent.stderr);
  let looks = 0;
  while (looks++ < 20) {
    const { code, stdout, stderr } = await task("judge", [...flags, "--no-wait"], { env });
    assertEquals(code, 0, stderr);
    if (stdout.includes("Verdicts:")) break;
  }
  const direct = server.requests.filter(({ path }) => path === "/v1/chat/completions").length;
  const rows = await verdictsOf(folder);
  assertOk(rows.length > 0 && rows.every(({ met }) => met !== null));
  assertEquals(direct, 0, "a batch's answers were asked for again");
  await Deno.remove(parent, { recursive: true });
});
