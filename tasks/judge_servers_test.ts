/** Asking servers as they are, as a user runs it: flags, headers, proxies, addresses, exit codes. */
import { join } from "node:path";
import { JUDGES } from "../lib/judges/registry.ts";
import { chooseModel } from "../lib/models/registry.ts";
import { readOptions } from "../lib/options.ts";
import { runPaths } from "../lib/paths.ts";
import { verdictsTable } from "../lib/records/verdict.ts";
import { generateStep } from "../lib/runs/generate_step.ts";
import { readManifest } from "../lib/runs/manifest.ts";
import { silent } from "../lib/runs/progress.ts";
import { withSession } from "../lib/runs/session.ts";
import { readTable } from "../lib/store/table.ts";
import { assertEquals, assertOk } from "../lib/testing/assert.ts";
import { inFolder } from "../lib/testing/folder.ts";
import { type DialectRequest, dialectServer } from "../lib/testing/openai/dialect_server.ts";
import { spawnTask } from "../lib/testing/tasks.ts";

const KEY = "sk-test-0123456789abcdef";
const TOKEN = "gw-token-fedcba9876543210";
const PASSWORD = "pa55word-of-the-proxy";
/** Nobody listens there. */
const DEAD_PROXY = `http://me:${PASSWORD}@127.0.0.1:9`;

/** A run of one clip, and a command that judges it. */
async function withRun(
  test: (
    run: string,
    judge: (flags: string[], env?: Record<string, string>) => Promise<
      { code: number; stdout: string; stderr: string }
    >,
  ) => Promise<void>,
) {
  await inFolder(async (folder) => {
    const run = join(folder, "run");
    const invocation = { command: "generate", passed: [], resolved: {} };
    await withSession(
      { folder: run, invocation, progress: silent, begins: true },
      (session) => generateStep(chooseModel("simulator"), { seeds: [0], tasks: [9] }, session),
    );
    await test(run, async (flags, env = {}) => {
      const all = ["--run", run, "--judge", "openai:gpt-4o", "--answers", join(folder, "answers")];
      const child = await spawnTask("judge", [...all, ...flags], {
        env: { OPENAI_API_KEY: KEY, ...env },
      });
      const { code, stdout, stderr } = await child.output();
      const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
      return { code, stdout: text(stdout), stderr: text(stderr) };
    });
    for (const secret of [KEY, TOKEN, PASSWORD]) {
      assertEquals(await filesWith(folder, secret), [], "a secret was written");
    }
  });
}

/** Files below a folder that hold a text. */
async function filesWith(folder: string, text: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) found.push(...await filesWith(path, text));
    else if (new TextDecoder().decode(await Deno.readFile(path)).includes(text)) found.push(path);
  }
  return found;
}

Deno.test("flags and headers reach the server, refused fields are left out, and run.json says so; no proxy is asked for this machine", () =>
  withRun(async (run, judge) => {
    await using server = dialectServer(({ body }: DialectRequest) =>
      "seed" in body
        ? { status: 400, body: { error: { message: `Unknown field: seed (${TOKEN})` } } }
        : {
          change({ usage }) {
            usage.completion_tokens_details = { reasoning_tokens: 5 };
          },
        }
    );
    const { code, stdout, stderr } = await judge([
      ...["--base-url", `${server.origin}/v1`, "--header", "x-gateway=GATEWAY_TOKEN"],
      ...["--temperature", "0.7", "--seed", "5", "--max-tokens", "900"],
      ...["--reasoning-effort", "low", "--concurrency", "1"],
    ], { GATEWAY_TOKEN: TOKEN, HTTP_PROXY: DEAD_PROXY, NO_PROXY: "" });
    assertEquals(code, 0, stderr);
    const [first, second] = server.requests;
    assertEquals([first.body.seed, second.body.seed, server.requests.length], [5, undefined, 4]);
    const { temperature, max_completion_tokens, reasoning_effort } = second.body;
    assertEquals([temperature, max_completion_tokens, reasoning_effort], [0.7, 900, "low"]);
    assertEquals(second.headers.get("x-gateway"), TOKEN);
    assertOk(/judged .*none is null/.test(stderr + stdout), stderr);
    assertOk(/15 of them thinking\), \$.*sent without seed/.test(stderr + stdout), stderr);
    assertOk(!(stdout + stderr).includes(TOKEN));
    const [usage] = (await readManifest(runPaths(run).manifest))!.invocations.at(-1)!.usage;
    assertEquals([usage.sent_as, usage.reasoning_tokens], [["sent without seed"], 15]);
    const rows = await readTable(verdictsTable, runPaths(run).table("verdicts"));
    assertOk(rows.every(({ met, reason }) => met && reason === "sent without seed"));
    assertEquals(rows.reduce((sum, row) => sum + row.reasoning_tokens, 0), 15);
  }));

Deno.test("a run without one verdict is no success: its reasons, its cost, and another exit code", () =>
  withRun(async (run, judge) => {
    await using server = dialectServer(() => ({
      change: ({ choices: [{ message }] }) => void (message.content = "It divides nicely."),
    }));
    const { code, stdout, stderr } = await judge(["--base-url", `${server.origin}/v1`]);
    assertEquals(code, 2, stderr);
    assertOk(/asked {5}6 requests, .*\$0\.\d+/.test(stderr), stderr);
    assertOk(
      /No verdict: all 15 are null; .* the answer holds no JSON object/.test(stderr),
      stderr,
    );
    assertOk(!stdout.includes("Next:"), stdout);
    assertEquals(
      (await readManifest(runPaths(run).manifest))!.invocations.at(-1)!.status,
      "failed",
    );
  }));

Deno.test("a proxy is named where it is in the way, without its password", () =>
  withRun(async (_, judge) => {
    const { code, stderr } = await judge(
      ["--base-url", "http://judge.invalid/v1"],
      { HTTP_PROXY: DEAD_PROXY, NO_PROXY: "" },
    );
    assertEquals(code, 2);
    assertOk(stderr.includes("through the proxy http://127.0.0.1:9 (HTTP_PROXY)"), stderr);
    assertOk(!stderr.includes(PASSWORD), stderr);
  }));

Deno.test("a key that cannot stand in a header is named before anything is sent, and not shown", async () => {
  const open = (apiKey: string, gateway: string) => {
    const { options, rest } = {
      options: JUDGES.openai.options.parse({
        ...{ "base-url": "http://127.0.0.1:9/v1", header: "x-gateway=GATEWAY" },
      }),
      rest: { spec: { argument: "gpt-4o" }, note() {} },
    };
    const environment = { OPENAI_API_KEY: apiKey, GATEWAY: gateway };
    return JUDGES.openai.open({ ...rest, options, environment } as never);
  };
  await open(`${KEY}\r\n`, TOKEN);
  for (
    const [key, token, named] of [[`a\n${KEY}`, TOKEN, "OPENAI_API_KEY"], [KEY, ` \n`, "GATEWAY"]]
  ) {
    const error = await Promise.resolve().then(() => open(key, token)).catch((error) => error);
    assertOk(error.message.includes(`the value of ${named}`), error.message);
    assertOk(!error.message.includes(KEY), error.message);
  }
});

Deno.test("credentials in an address are refused, and repeated nowhere", () =>
  withRun(async (run, judge) => {
    const before = await Deno.readTextFile(runPaths(run).manifest);
    const typed = `http://me:${PASSWORD}@127.0.0.1:8000/v1?api-key=${TOKEN}`;
    const { code, stdout, stderr } = await judge(["--base-url", typed]);
    assertEquals(code, 2);
    assertOk(
      /--base-url: .*http:\/\/127\.0\.0\.1:8000\/v1.*user name or password/.test(stderr),
      stderr,
    );
    assertOk(!(stdout + stderr).includes(PASSWORD) && !(stdout + stderr).includes(TOKEN), stderr);
    assertEquals(await Deno.readTextFile(runPaths(run).manifest), before);
    const shape = JUDGES.openai.options.shape as unknown as Parameters<typeof readOptions>[0];
    const problemsOf = (given: Record<string, string>) => readOptions(shape, given).problems;
    for (
      const rest of [
        ...["?api-key=", "?key=", "?sig=", "?token=", "?access_token=", "?code=", "#"],
        ...["?api-version=2024-10-21&subscription-key=", "/sk-"],
      ]
    ) {
      const problems = problemsOf({ "base-url": `https://host.example/v1${rest}${TOKEN}` });
      assertEquals(problems.length, 1, rest);
      assertOk(!problems[0].includes(TOKEN) && problems[0].includes("--header"), problems[0]);
    }
    assertEquals(problemsOf({ "base-url": "https://h.example/openai?api-version=2024-10-21" }), []);
    // A password in what is no address at all, in a path, and behind a backslash.
    for (
      const odd of [
        ...[`me:${TOKEN}@host.example/v1`, `https://host.example/v1;key=${TOKEN}`],
        ...[`https://host.example\\@${TOKEN}@h/v1`, `HTTPS://me:${TOKEN}@host.example/v1`],
      ]
    ) {
      const problems = problemsOf({ "base-url": odd });
      assertEquals([problems.length, problems[0]?.includes(TOKEN)], [1, false], odd);
    }
    // The value itself in place of the variable's name.
    const [problem] = problemsOf({ header: `x-gateway=${TOKEN}` });
    assertOk(!problem.includes(TOKEN) && problem.includes("VARIABLE"), problem);
  }));
