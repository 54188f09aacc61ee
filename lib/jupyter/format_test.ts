import { assertEquals, assertInputError } from "../testing/assert.ts";
import { formatNotebook, type Notebook, parseNotebook, writeNotebook } from "./format.ts";
import { notebookOf, outputsOf } from "../testing/jupyter.ts";

const executed: Notebook = {
  ...notebookOf("const a = 1;\na"),
  metadata: { kernelspec: { name: "deno" } },
};
executed.cells.push({
  cell_type: "markdown",
  id: "text",
  metadata: { tags: ["keep"], trusted: true, execution: { started: "now" } },
  source: "# Größe\n",
});
executed.cells[0] = {
  ...notebookOf("const a = 1;\na").cells[0],
  cell_type: "code",
  execution_count: 4,
  outputs: [
    { output_type: "stream", name: "stdout", text: "a\n" },
    { output_type: "stream", name: "stdout", text: "b" },
    { output_type: "stream", name: "stderr", text: "c" },
    {
      output_type: "execute_result",
      execution_count: 4,
      metadata: {},
      data: { "text/plain": "x\ny", "image/png": "AAAA\n", "application/json": ["a", "b"] },
    },
    { output_type: "error", ename: "E", evalue: "v", traceback: ["l1", "l2"] },
  ],
};

Deno.test("a notebook survives a round trip, except for session metadata", () => {
  const text = formatNotebook(executed);
  const read = parseNotebook(text, "test.ipynb");
  assertEquals(read.cells[0], executed.cells[0]);
  assertEquals(read.cells[1].metadata, { tags: ["keep"] });
  assertEquals(formatNotebook(read), text);
});

Deno.test("texts are split into lines and keys are sorted", () => {
  const json = JSON.parse(formatNotebook(executed));
  assertEquals(json.cells[0].source, ["const a = 1;\n", "a"]);
  assertEquals(json.cells[0].outputs[3].data, {
    "application/json": ["a", "b"],
    "image/png": "AAAA\n",
    "text/plain": ["x\n", "y"],
  });
  assertEquals(Object.keys(json.cells[0]), Object.keys(json.cells[0]).toSorted());
});

Deno.test("outputs compare by what they show", () => {
  const [outputs] = outputsOf(executed);
  assertEquals(outputs.length, 4);
  assertEquals(outputs[0], { output_type: "stream", name: "stdout", text: "a\nb" });
  const again = structuredClone(executed);
  if (again.cells[0].cell_type === "code") again.cells[0].execution_count = 9;
  assertEquals(outputsOf(again), outputsOf(executed));
});

Deno.test("files that are not nbformat 4.5 are refused, stating where", async () => {
  const refused = (notebook: unknown, ...parts: string[]) =>
    assertInputError(() => parseNotebook(JSON.stringify(notebook), "x.ipynb"), "x.ipynb", ...parts);
  await assertInputError(() => parseNotebook("{", "x.ipynb"), "not JSON");
  await refused({ ...executed, nbformat_minor: 4 }, "nbformat_minor", "4.5");
  const { id: _, ...nameless } = notebookOf("1").cells[0];
  await refused({ ...notebookOf(), cells: [nameless] }, "cells.0.id");
});

Deno.test("a failed write leaves the old file and no temporary file", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.mkdir(`${folder}/taken.ipynb/inside`, { recursive: true });
  let failed = false;
  await writeNotebook(`${folder}/taken.ipynb`, executed).catch(() => failed = true);
  assertEquals(failed, true);
  assertEquals([...Deno.readDirSync(folder)].map((entry) => entry.name), ["taken.ipynb"]);
  await Deno.remove(folder, { recursive: true });
});
