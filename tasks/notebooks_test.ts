/** The notebooks as a reader runs them: from a clean kernel, twice, and under the real Jupyter. */
import { join } from "node:path";
import {
  type CodeCell,
  executeNotebook,
  executeWithJupyter,
  formatNotebook,
  type Notebook,
  type Output,
  outputsOf,
  readNotebook,
} from "../lib/notebook/mod.ts";
import { PROJECT } from "../lib/paths.ts";
import { ensurePython, JUPYTER } from "../lib/pyenv/mod.ts";
import { assertEquals, assertOk } from "../lib/testing.ts";

const names = [...Deno.readDirSync(PROJECT.notebooks)].map(({ name }) => name)
  .filter((name) => name.endsWith(".ipynb")).sort();
const python = await ensurePython(PROJECT.cache, JUPYTER, { onProgress: console.warn });
if (python.path === null) {
  console.warn(`SKIPPED: the notebooks under the real Jupyter: ${python.reason}`);
}

/** What a notebook shows when our own executor runs it, and that all of it came in time. */
async function outputs(name: string, run: string): Promise<Output[][]> {
  const notebook = await readNotebook(join(PROJECT.notebooks, name));
  const late: number[] = [];
  const executed = await executeNotebook(notebook, {
    name,
    cwd: PROJECT.notebooks,
    env: { ...Deno.env.toObject(), MICROVERSE_RUN: run },
    onCell: (cell) => late.push(cell.late),
  });
  assertEquals(late.filter((count) => count > 0), [], `late outputs in ${name}`);
  const text = formatNotebook(executed);
  for (const path of [PROJECT.root, run]) assertOk(!text.includes(path), `${path} in ${name}`);
  const shown = outputsOf(executed);
  assertOk(shown.flat().every((output) => output.output_type === "display_data"), name);
  return shown;
}

Deno.test("the notebooks make the run they need, show the same again, and in Jupyter", async (t) => {
  const parent = await Deno.makeTempDir({ prefix: "notebooks-" });
  const run = join(parent, "run");
  const shown = new Map<string, Output[][]>();
  for (const name of names) {
    await t.step(`${name}, from a clean kernel`, async () => {
      shown.set(name, await outputs(name, run));
    });
  }
  assertEquals(names.length, 4);
  for (const name of names) {
    await t.step(`${name}, a second time`, async () => {
      assertEquals(await outputs(name, run), shown.get(name));
    });
  }
  for (const name of names) {
    await t.step({
      name: `${name}, in Jupyter`,
      ignore: python.path === null,
      fn: async () => {
        const { notebook, error } = await executeWithJupyter(
          await readNotebook(join(PROJECT.notebooks, name)),
          {
            python: python.path ?? "",
            folder: join(parent, "jupyter"),
            cwd: PROJECT.notebooks,
            env: { MICROVERSE_RUN: run },
          },
        );
        assertEquals(error, null);
        assertEquals(outputsOf(notebook), shown.get(name));
      },
    });
  }
  await Deno.remove(parent, { recursive: true });
});

function codeCells(notebook: Notebook): CodeCell[] {
  return notebook.cells.filter((cell) => cell.cell_type === "code");
}

Deno.test("the notebooks' code is typed and formatted", async () => {
  const folder = await Deno.makeTempDir();
  const lib = new URL("../lib/", import.meta.url).href;
  const files: string[] = [];
  for (const name of names) {
    const path = join(PROJECT.notebooks, name);
    const code = codeCells(await readNotebook(path)).map(({ source }) => source).join("\n");
    files.push(join(folder, `${name}.ts`));
    await Deno.writeTextFile(files.at(-1)!, code.replaceAll('"../lib/', `"${lib}`));
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

  const checked = await task("--folder", folder, "--check", "--only", "01");
  assertEquals([checked.code, await Deno.readTextFile(file("01-good"))], [0, unrun]);

  const failed = await task("--folder", folder);
  assertEquals(failed.code, 2, failed.stderr);
  for (const part of ["02-bad.ipynb", "cell 2", "(two)", "RangeError", "no such world"]) {
    assertOk(failed.stderr.includes(part), `${part} in: ${failed.stderr}`);
  }
  assertEquals(await Deno.readTextFile(file("02-bad")), before);
  assertEquals(await Deno.stat(mark).catch(() => "no mark"), "no mark");
  assertEquals([...Deno.readDirSync(folder)].length, 2);
  const kept = outputsOf(await readNotebook(file("01-good")));
  assertEquals(kept, [[{ output_type: "stream", name: "stdout", text: "one\n" }]]);

  for (const flags of [["--only", "77"], ["--folder", mark]]) {
    const { code, stderr } = await task("--folder", folder, ...flags);
    assertEquals(code, 2);
    assertOk(stderr.includes(flags[1]), stderr);
  }
  await Deno.remove(folder, { recursive: true });
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
