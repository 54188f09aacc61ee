import { fileURLToPath } from "node:url";
import { assertEquals, assertOk } from "../testing.ts";
import { ensurePython, JUPYTER } from "../pyenv/mod.ts";
import { executeNotebook } from "./execute.ts";
import { formatNotebook, outputsOf } from "./format.ts";
import { executeWithJupyter } from "./jupyter.ts";
import { isRunning, notebookOf, ROOM, STRESS } from "./testing.ts";

const cache = fileURLToPath(new URL("../../.cache", import.meta.url));
const python = await ensurePython(cache, JUPYTER, { onProgress: console.warn });
if (python.path === null) {
  console.warn(`SKIPPED: notebooks under the real Jupyter: ${python.reason}`);
}

function testWithJupyter(
  name: string,
  run: (options: { python: string; folder: string; cwd: string }) => Promise<void>,
) {
  Deno.test({
    name,
    ignore: python.path === null,
    fn: async () => {
      const folder = await Deno.makeTempDir({ prefix: "jupyter-" });
      try {
        await run({ python: python.path ?? "", folder, cwd: ROOM });
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  });
}

testWithJupyter("ten executions by Jupyter show what our own shows", async (options) => {
  const ours = outputsOf(await executeNotebook(STRESS, { name: "stress", cwd: ROOM }));
  assertOk(ours.slice(1).every((outputs) => outputs.length > 0));
  const execute = async () => {
    const { notebook, error } = await executeWithJupyter(STRESS, options);
    assertEquals(error, null);
    assertEquals(outputsOf(notebook), ours);
  };
  for (let i = 0; i < 5; i++) await Promise.all([execute(), execute()]);
});

testWithJupyter("a throwing cell, sync or async, fails in Jupyter too", async (options) => {
  for (const source of ['throw new RangeError("no")', 'await null; throw new RangeError("no")']) {
    const { error, notebook } = await executeWithJupyter(notebookOf("1", source, "2"), options);
    assertEquals(error, { name: "RangeError", value: "no" });
    assertEquals(outputsOf(notebook)[2], []);
  }
});

testWithJupyter(
  "a cell without end is ended by Jupyter's own limit, and by ours",
  async (options) => {
    const file = `${options.folder}/pid`;
    const notebook = notebookOf(
      `Deno.writeTextFileSync(${JSON.stringify(file)}, String(Deno.pid)); while (true) {}`,
    );
    const { error } = await executeWithJupyter(notebook, { ...options, timeout: 1 });
    assertEquals(error?.name, "CellTimeoutError");
    assertOk(!isRunning(Number(await Deno.readTextFile(file))));

    await Deno.remove(file);
    const enough = new Error("enough");
    const controller = new AbortController();
    const running = executeWithJupyter(notebook, { ...options, signal: controller.signal })
      .catch((error) => error);
    while (!await Deno.stat(file).catch(() => null)) await new Promise((r) => setTimeout(r, 20));
    controller.abort(enough);
    assertEquals(await running, enough);
    const pid = Number(await Deno.readTextFile(file));
    for (let i = 0; i < 100 && isRunning(pid); i++) await new Promise((r) => setTimeout(r, 100));
    assertOk(!isRunning(pid), "the kernel outlived Jupyter by 10 s");
  },
);

testWithJupyter("Jupyter writes the same bytes as we do", async ({ python }) => {
  const executed = await executeNotebook(
    notebookOf(
      'console.log("é\\n"); await Deno.jupyter.display(' +
        '{ "text/html": "<b>\\n</b>", "image/png": "AAAA" }, { raw: true }); [1]',
    ),
    { name: "bytes", cwd: ROOM },
  );
  const text = formatNotebook(executed);
  const rewrite = "import sys, nbformat\n" +
    "nb = nbformat.reads(sys.stdin.buffer.read().decode(), as_version=4)\n" +
    "sys.stdout.buffer.write((nbformat.writes(nb) + '\\n').encode())";
  const client = new Deno.Command(python, {
    args: ["-c", rewrite],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const answer = client.output();
  const input = client.stdin.getWriter();
  await input.write(new TextEncoder().encode(text));
  await input.close();
  assertEquals(new TextDecoder().decode((await answer).stdout), text);
});
