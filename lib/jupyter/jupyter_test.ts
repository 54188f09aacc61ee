import { fileURLToPath } from "node:url";
import { assertEquals, assertOk } from "../testing/assert.ts";
import { ensurePython } from "../pyenv/python.ts";
import { JUPYTER } from "../pyenv/requirements.ts";
import { executeNotebook } from "./execute.ts";
import { formatNotebook } from "./format.ts";
import { executeInJupyter, executeWithJupyter } from "./jupyter.ts";
import {
  isRunning,
  jupyterOrSkip,
  notebookOf,
  outputsOf,
  ROOM,
  STRESS,
} from "../testing/jupyter.ts";

const cache = fileURLToPath(new URL("../../.cache", import.meta.url));
const python = await ensurePython(cache, JUPYTER, { onProgress: console.warn });
const present = jupyterOrSkip(python.reason, Deno.env.get("CI"));

function testWithJupyter(
  name: string,
  run: (options: { python: string; folder: string; cwd: string }) => Promise<void>,
) {
  Deno.test({
    name,
    ignore: !present,
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

testWithJupyter("three executions by Jupyter show what our own shows", async (options) => {
  const ours = outputsOf(await executeNotebook(STRESS, { name: "stress", cwd: ROOM }));
  assertOk(ours.slice(1).every((outputs) => outputs.length > 0));
  const execute = async () => {
    const { notebook, error } = await executeWithJupyter(STRESS, options);
    assertEquals(error, null);
    assertEquals(outputsOf(notebook), ours);
  };
  // Some of them two at a time, so that they also interfere with each other.
  for (const at of [2, 1]) await Promise.all(Array.from({ length: at }, execute));
});

testWithJupyter(
  "outputs that come after their cell had ended are kept and counted",
  async (options) => {
    // Not settled: for some of these, the kernel reports idle first.
    const cells = Array.from(
      { length: 40 },
      (_, i) => `for (let i = 0; i < 20; i++) console.log("${i}", i)`,
    );
    let late = 0;
    const { notebook } = await executeWithJupyter(notebookOf(...cells), {
      ...options,
      onCell: (_cell, _seconds, count) => late += count,
    });
    for (const [cell, [output]] of outputsOf(notebook).entries()) {
      const text = output?.output_type === "stream" ? output.text : "";
      assertEquals(text, Array.from({ length: 20 }, (_, i) => `${cell} ${i}\n`).join(""));
    }
    assertOk(late > 0, "none of 800 outputs was late: this run tests nothing");
  },
);

testWithJupyter(
  "what executeInJupyter gives is what executeNotebook gives, to the byte",
  async (options) => {
    const notebook = notebookOf(
      'console.log("a"); console.log("b"); await new Promise((r) => setTimeout(r, 50)); 1 + 1',
      "  ",
      'import { show } from "./show.ts"; await show([{ model: "nano", score: 1 / 3 }])',
    );
    const seen: number[][] = [];
    const given = {
      name: "same.ipynb",
      cwd: ROOM,
      onCell: ({ cell, cells }: { cell: number; cells: number }) => void seen.push([cell, cells]),
    };
    const byJupyter = formatNotebook(await executeInJupyter(options, notebook, given));
    assertEquals(byJupyter, formatNotebook(await executeNotebook(notebook, given)));
    assertEquals(seen, [[1, 2], [2, 2], [1, 2], [2, 2]]);

    const bad = ['throw new RangeError("no such world")', "const = 3", "while (true) {}"];
    for (const source of bad) {
      const failing = notebookOf("1", source, "2");
      const messages = await Promise.all([
        executeInJupyter(options, failing, { ...given, timeout: 2 }),
        executeNotebook(failing, { ...given, timeout: 2 }),
      ].map((execution) => execution.then(() => "", (error) => `${error.name}: ${error.message}`)));
      assertEquals(messages[0], messages[1]);
      assertOk(messages[0].startsWith("CellError: Notebook same.ipynb, cell 2 of 3 (cell-2)"));
    }
  },
);

testWithJupyter("a throwing cell, sync or async, fails in Jupyter too", async (options) => {
  for (const source of ['throw new RangeError("no")', 'await null; throw new RangeError("no")']) {
    const { error, notebook } = await executeWithJupyter(notebookOf("1", source, "2"), options);
    assertEquals(error, { name: "RangeError", value: "no", thrown: true });
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
