import assert from "node:assert/strict";
import { assertEquals, assertInputError, assertOk } from "../testing/assert.ts";
import { executeNotebook, type ExecuteOptions } from "./execute.ts";
import { CellError } from "./executed.ts";
import { formatNotebook } from "./format.ts";
import { startKernel } from "./kernel.ts";
import { isRunning, notebookOf, outputsOf, ROOM, STRESS } from "../testing/jupyter.ts";

const options = { name: "test.ipynb", cwd: ROOM };

/** Executes cells that should fail; returns the error and whether the kernel is gone. */
async function failureOf(sources: string[], more: Partial<ExecuteOptions> = {}) {
  const file = await Deno.makeTempFile();
  const note = `Deno.writeTextFileSync(${JSON.stringify(file)}, String(Deno.pid))`;
  let thrown: unknown = null;
  await executeNotebook(notebookOf(note, ...sources), { ...options, ...more })
    .catch((error) => thrown = error);
  const pid = Number(await Deno.readTextFile(file));
  await Deno.remove(file);
  assertOk(pid > 0, "the first cell did not run");
  assertOk(!isRunning(pid), "the kernel was left running");
  return thrown;
}

Deno.test("streams, displays and results are kept in order, and cells are counted", async () => {
  const notebook = notebookOf(
    'console.log("a"); console.error("b"); console.log("c"); console.log("d")',
    "  ",
    'await Deno.jupyter.display({ "text/html": "<b>x</b>" }, { raw: true, display_id: "7" }); 1 + 1',
    'import { random } from "../random.ts"; const same = random(7)() === random(7)(); same',
  );
  notebook.cells.splice(1, 0, { cell_type: "markdown", id: "m", metadata: {}, source: "text" });
  const seen: number[][] = [];
  const executed = await executeNotebook(notebook, {
    ...options,
    onCell: ({ cell, cells }) => seen.push([cell, cells]),
  });
  assertEquals(seen, [[1, 3], [2, 3], [3, 3]]);
  assertEquals(outputsOf(executed), [
    [
      { output_type: "stream", name: "stdout", text: "a\n" },
      { output_type: "stream", name: "stderr", text: "b\n" },
      { output_type: "stream", name: "stdout", text: "c\nd\n" },
    ],
    [],
    [
      { output_type: "display_data", data: { "text/html": "<b>x</b>" }, metadata: {} },
      {
        output_type: "execute_result",
        execution_count: null,
        data: { "text/plain": "2" },
        metadata: {},
      },
    ],
    [{
      output_type: "execute_result",
      execution_count: null,
      data: { "text/plain": "true" },
      metadata: {},
    }],
  ]);
  const counts = executed.cells.map((cell) =>
    cell.cell_type === "code" ? cell.execution_count : "text"
  );
  assertEquals(counts, [1, "text", null, 2, 3]);
  assertEquals(notebook.cells[0].cell_type === "code" && notebook.cells[0].outputs, []);
});

Deno.test("an error in a cell fails the notebook, naming both", async () => {
  const cases = {
    'throw new TypeError("at once")': ["TypeError", "at once"],
    'await new Promise((r) => setTimeout(r, 5)); throw new RangeError("later")': [
      "RangeError",
      "later",
    ],
    'throw "a text"': ["Error", "a text"],
    "const = 3": ["Error", "could not be compiled"],
    'await import("./no-such-file.ts")': ["TypeError", "no-such-file.ts"],
  };
  for (const [source, [ename, text]] of Object.entries(cases)) {
    const error = await failureOf([source, "console.log(1)"]);
    assert.ok(error instanceof CellError, `${source}: ${error}`);
    assertEquals([error.cell, error.thrown?.ename], [2, ename]);
    assertOk(error.message.startsWith("Notebook test.ipynb, cell 2 of 3 (cell-2) failed: "));
    assertOk(error.message.includes(text), error.message);
  }
});

Deno.test("a cell that exceeds its time limit is ended with its kernel", async () => {
  for (const source of ["while (true) {}", "await new Promise(() => {})"]) {
    const error = await failureOf([source], { timeout: 1 });
    assert.ok(error instanceof CellError, String(error));
    assertOk(error.message.includes("cell 2") && error.message.includes("still running after 1 s"));
  }
});

Deno.test("a kernel that dies in a cell is an error stating how", async () => {
  const error = await failureOf(["Deno.exit(3)"]);
  assert.ok(error instanceof CellError, String(error));
  assertEquals(
    error.message,
    "Notebook test.ipynb, cell 2 of 2 (cell-2): the Deno kernel ended (code 3)",
  );
});

Deno.test("an abort ends the kernel in the middle of a cell, and before it starts", async () => {
  const reason = new Error("enough");
  const controller = new AbortController();
  const onCell = () => setTimeout(() => controller.abort(reason), 50);
  assertEquals(await failureOf(["while (true) {}"], { signal: controller.signal, onCell }), reason);
  const { signal } = controller;
  await assert.rejects(executeNotebook(notebookOf("1"), { ...options, signal }), reason);
});

Deno.test("a missing folder is an error that names the notebook", async () => {
  const cwd = `${ROOM}/no-such-folder`;
  await assert.rejects(
    executeNotebook(notebookOf("1"), { ...options, cwd }),
    /Cannot execute notebook test\.ipynb/,
  );
});

Deno.test("a kernel has exactly the environment that it is given", async () => {
  const env = { HOME: Deno.env.get("HOME") ?? "", MARK: "7" };
  const executed = await executeNotebook(
    notebookOf("console.log(Object.keys(Deno.env.toObject()).sort().join())"),
    { ...options, env },
  );
  assertEquals(outputsOf(executed), [[
    { output_type: "stream", name: "stdout", text: "HOME,MARK,NO_COLOR\n" },
  ]]);
});

Deno.test("a kernel whose parent is killed exits by itself", async () => {
  const script = `
    import { startKernel } from ${JSON.stringify(new URL("kernel.ts", import.meta.url).href)};
    console.log((await startKernel({ cwd: Deno.cwd() })).pid);
    await new Promise(() => setInterval(() => {}, 1000));`;
  // A killed process cannot clean up, so it gets a folder that is removed afterwards.
  const folder = await Deno.makeTempDir();
  const starter = new Deno.Command(Deno.execPath(), {
    args: ["eval", script],
    env: { TMPDIR: folder },
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const reader = starter.stdout.getReader();
  const pid = Number(new TextDecoder().decode((await reader.read()).value));
  assertOk(isRunning(pid));
  starter.kill("SIGKILL");
  await starter.status;
  await reader.cancel();
  for (let i = 0; i < 50 && isRunning(pid); i++) await new Promise((r) => setTimeout(r, 100));
  await Deno.remove(folder, { recursive: true });
  assertOk(!isRunning(pid), "the kernel outlived its parent by 5 s");
});

Deno.test("no output is lost or assigned to another cell, settled or not", async () => {
  const kernel = await startKernel({ cwd: ROOM });
  try {
    for (let cell = 0; cell < 60; cell++) {
      const code = `for (let i = 0; i < 50; i++) console.log("${cell}", i)`;
      const { outputs } = await kernel.execute(code, 60);
      const text = outputs.map((output) => output.output_type === "stream" ? output.text : "");
      assertEquals(text, Array.from({ length: 50 }, (_, i) => `${cell} ${i}\n`));
    }
  } finally {
    await kernel.shutdown();
    await kernel.shutdown();
  }
});

Deno.test("four executions of 32 cells give equal bytes, and no output is late", async () => {
  const late: number[] = [];
  const execute = () =>
    executeNotebook(STRESS, { ...options, onCell: (progress) => late.push(progress.late) })
      .then(formatNotebook);
  const texts: string[] = [];
  // Two at a time, so that they also interfere with each other.
  for (let i = 0; i < 2; i++) texts.push(...await Promise.all([execute(), execute()]));
  assertEquals(new Set(texts).size, 1);
  assertEquals(late.length, 128);
  assertEquals(late.filter((count) => count > 0), []);
});

Deno.test("a value that cannot be shown fails its cell", async () => {
  await assertInputError(
    () =>
      executeNotebook(
        notebookOf('import { show } from "./show.ts"; await show(new Uint8Array(3))'),
        options,
      ),
    "cell 1 of 1",
    "neither PNG nor JPEG",
  );
});
