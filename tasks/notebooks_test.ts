/** The notebooks as a reader runs them: from a clean kernel, and under the real Jupyter. */
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { executeNotebook } from "../lib/jupyter/execute.ts";
import {
  type CodeCell,
  formatNotebook,
  type Notebook,
  readNotebook,
} from "../lib/jupyter/format.ts";
import { executeInJupyter } from "../lib/jupyter/jupyter.ts";
import { openRun } from "../lib/pages/open_run.ts";
import { PROJECT } from "../lib/paths.ts";
import { ensurePython } from "../lib/pyenv/python.ts";
import { JUPYTER } from "../lib/pyenv/requirements.ts";
import { assertEquals, assertOk } from "../lib/testing/assert.ts";
import { jupyterOrSkip, outputsOf } from "../lib/testing/jupyter.ts";
import type { Executor } from "./work/executor.ts";

const names = [...Deno.readDirSync(PROJECT.notebooks)].map(({ name }) => name)
  .filter((name) => name.endsWith(".ipynb")).sort();
const python = await ensurePython(PROJECT.cache, JUPYTER, { onProgress: console.warn });
const present = jupyterOrSkip(python.reason, Deno.env.get("CI"));

/**
 * A notebook of the project that opens its run with these options too, and draws two worlds of those
 * that it draws: to make and judge all that the notebooks show by default takes longer than all of them.
 */
async function notebookOpening(name: string, options: string): Promise<Notebook> {
  const notebook = await readNotebook(join(PROJECT.notebooks, name));
  const open = /judge: Deno\.env\.get\("MICROVERSE_JUDGE"\),/;
  const cells = notebook.cells.map((cell) => (
    {
      ...cell,
      source: cell.source.replace(open, `$& ${options},`)
        .replace("of WORLDS)", "of WORLDS.slice(0, 2))"),
    }
  ));
  const changed = cells.filter((cell, i) => cell.source !== notebook.cells[i].source).length;
  assertEquals(changed, 1, `cells that open a run, or draw worlds, in ${name}`);
  return { ...notebook, cells };
}

/** The text of each executed notebook file, whose outputs name no folder of this machine. */
async function executeAll(execute: Executor, run: string): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  for (const name of names) {
    const executed = await execute(
      await notebookOpening(name, "tasks: [1, 5, 9], seeds: [0]"),
      {
        name,
        cwd: PROJECT.notebooks,
        env: { ...Deno.env.toObject(), MICROVERSE_RUN: run },
      },
    );
    const text = formatNotebook(executed);
    for (const path of [PROJECT.root, run]) assertOk(!text.includes(path), `${path} in ${name}`);
    // What is not displayed by show may come after its cell has ended, and be lost in Jupyter.
    const shown = outputsOf(executed).flat();
    assertOk(shown.length > 0 && shown.every(({ output_type }) => output_type === "display_data"));
    // JupyterLab shows no SVG of notebooks that it does not trust.
    const figures = shown.flatMap((output) => "data" in output ? [output.data] : [])
      .filter((data) => "image/svg+xml" in data);
    assertOk(figures.every((data) => "image/png" in data), `figures without a PNG in ${name}`);
    texts.set(name, text);
  }
  return texts;
}

Deno.test("the notebooks show the same again, and the same in Jupyter", async () => {
  assertEquals(names.length, 5);
  const parent = await Deno.makeTempDir({ prefix: "notebooks-" });
  // Only one process at a time may use a run, so the second gets a copy, with what the notebooks of
  // the first made for themselves.
  const [one, two] = ["one", "two"].map((name) => join(parent, name));
  // Tasks of three worlds, each with one of its violations.
  await openRun(one, { tasks: [1, 5, 9], seeds: [0] });
  const jupyter = { python: python.path ?? "", folder: join(parent, "jupyter") };
  const inJupyter: Executor = (...given) => executeInJupyter(jupyter, ...given);
  const first = await executeAll(executeNotebook, one);
  await cp(one, two, { recursive: true });
  const second = await executeAll(present ? inJupyter : executeNotebook, two);
  for (const name of names) assertEquals(second.get(name), first.get(name), name);
  await Deno.remove(parent, { recursive: true });
});

Deno.test("a notebook makes the run that it needs", async () => {
  const parent = await Deno.makeTempDir({ prefix: "notebooks-" });
  const name = "05-failures.ipynb";
  const notebook = await notebookOpening(
    name,
    "tasks: [9], seeds: [0], models: ['simulator', 'simulator:each']",
  );
  const executed = await executeNotebook(notebook, {
    name,
    cwd: PROJECT.notebooks,
    env: { ...Deno.env.toObject(), MICROVERSE_RUN: join(parent, "run") },
  });
  assertOk(outputsOf(executed).length > 1);
  assertOk((await Deno.stat(join(parent, "run", "verdicts.arrow"))).size > 0);
  await Deno.remove(parent, { recursive: true });
});

function codeCells(notebook: Notebook): CodeCell[] {
  return notebook.cells.filter((cell) => cell.cell_type === "code");
}

Deno.test("the notebooks' code is typed and formatted", async () => {
  const folder = await Deno.makeTempDir();
  const files: string[] = [];
  for (const name of names) {
    const path = join(PROJECT.notebooks, name);
    const code = codeCells(await readNotebook(path)).map(({ source }) => source).join("\n");
    files.push(join(folder, `${name}.ts`));
    assertOk(!code.includes('"../'), `${name} imports a file instead of a public entry`);
    await Deno.writeTextFile(files.at(-1)!, code);
    // Not `deno fmt --check`: of notebooks it says that they are not formatted even where formatting
    // changes no byte (denoland/deno#25840).
    const text = await Deno.readTextFile(path);
    const formatted = await deno(["fmt", "--ext=ipynb", "-"], text);
    assertOk(formatted.stdout === text, `${name} is not formatted: run deno fmt on it`);
  }
  const checked = await deno(["check", "--config", PROJECT.config, ...files]);
  assertEquals(checked.code, 0, checked.stderr);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a cell that throws ends the task with exit code 2, and the file stays as it was", async () => {
  const folder = await Deno.makeTempDir();
  const notebook = await readNotebook(join(PROJECT.notebooks, names[0]));
  const cell = (id: string, source: string): CodeCell => ({
    cell_type: "code",
    id,
    metadata: {},
    source,
    execution_count: null,
    outputs: [],
  });
  const mark = join(folder, "mark");
  const file = (kind: string) => join(folder, `${kind}.ipynb`);
  const good = [cell("one", 'console.log("one")')];
  const bad = [...good, cell("two", 'throw new RangeError("no such world")')];
  const after = cell("three", `await Deno.writeTextFile(${JSON.stringify(mark)}, "")`);
  const write = (kind: string, cells: Notebook["cells"]) =>
    Deno.writeTextFile(file(kind), formatNotebook({ ...notebook, cells }));
  await write("01-good", good);
  await write("02-bad", [...bad, after, ...notebook.cells]);
  const before = await Deno.readTextFile(file("02-bad"));
  const unrun = await Deno.readTextFile(file("01-good"));

  const kernel = ["--folder", folder, "--with", "kernel"];
  const checked = await task(...kernel, "--check", "--only", "01");
  assertEquals([checked.code, await Deno.readTextFile(file("01-good"))], [0, unrun]);

  const failed = await task(...kernel);
  assertEquals(failed.code, 2, failed.stderr);
  for (const part of ["02-bad.ipynb", "cell 2", "(two)", "RangeError", "no such world"]) {
    assertOk(failed.stderr.includes(part), `${part} in: ${failed.stderr}`);
  }
  assertEquals(await Deno.readTextFile(file("02-bad")), before);
  assertEquals(await Deno.stat(mark).catch(() => "no mark"), "no mark");
  assertEquals([...Deno.readDirSync(folder)].length, 2);
  const kept = outputsOf(await readNotebook(file("01-good")));
  assertEquals(kept, [[{ output_type: "stream", name: "stdout", text: "one\n" }]]);

  for (const flags of [["--folder", folder, "--only", "77"], ["--folder", mark]]) {
    const { code, stderr } = await task(...flags);
    assertEquals(code, 2);
    assertOk(stderr.includes(flags.at(-1)!), stderr);
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test({
  name: "the task gives the same file with Jupyter and without, and the same failure",
  ignore: !present,
  fn: async () => {
    const folder = await Deno.makeTempDir();
    const code = (id: string, source: string): CodeCell => (
      { cell_type: "code", id, metadata: {}, source, execution_count: null, outputs: [] }
    );
    const good = [code("one", 'console.log("one")'), code("none", " "), code("two", "1 + 1")];
    const blank = { metadata: {}, nbformat: 4 as const, nbformat_minor: 5 };
    const bad = [...good, code("three", 'throw new RangeError("no such world")')];
    const [path, failing] = [join(folder, "01-good.ipynb"), join(folder, "02-bad.ipynb")];
    const unrun = formatNotebook({ ...blank, cells: bad });
    const seen = new Map<string, string[]>();
    for (const executor of ["jupyter", "kernel"]) {
      await Deno.writeTextFile(path, formatNotebook({ ...blank, cells: good }));
      await Deno.writeTextFile(failing, unrun);
      const { code, stderr } = await task("--folder", folder, "--with", executor);
      assertEquals(code, 2, stderr);
      assertEquals(await Deno.readTextFile(failing), unrun);
      assertEquals(stderr.includes("nbclient"), executor === "jupyter", stderr);
      const error = stderr.slice(
        stderr.indexOf("Notebook 02-bad.ipynb, cell 3 of 3 (three) failed"),
      );
      assertOk(error.length > 60, stderr);
      seen.set(executor, [await Deno.readTextFile(path), error]);
    }
    assertEquals(seen.get("jupyter"), seen.get("kernel"));
    await Deno.remove(folder, { recursive: true });
  },
});

function task(...flags: string[]) {
  return deno(["run", "-A", "tasks/notebooks.ts", ...flags]);
}

/** Runs this very Deno in the project, with text on its standard input. */
async function deno(args: string[], input = "") {
  const child = new Deno.Command(Deno.execPath(), {
    args,
    cwd: PROJECT.root,
    env: { NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const answer = child.output();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(input));
  await writer.close();
  const { code, stdout, stderr } = await answer;
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}
