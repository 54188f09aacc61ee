import { executeNotebook } from "../../lib/jupyter/execute.ts";
import { PROJECT } from "../../lib/paths.ts";
import { jupyterOrSkip } from "../../lib/testing/jupyter.ts";
import { ensurePython } from "../../lib/pyenv/python.ts";
import { JUPYTER } from "../../lib/pyenv/requirements.ts";
import { assertEquals, assertInputError, assertOk } from "../../lib/testing/assert.ts";
import { chooseExecutor } from "./executor.ts";

const { reason } = await ensurePython(PROJECT.cache, JUPYTER, { onProgress: console.warn });
const present = jupyterOrSkip(reason, Deno.env.get("CI"));
const nowhere = { program: "no-such-jupyter", candidates: ["no-such-python"] };

Deno.test("without Jupyter and Python the kernel executes, after a message that says why", async () => {
  const cache = await Deno.makeTempDir();
  const lines: string[] = [];
  const onProgress = (line: string) => void lines.push(line);
  const executor = await chooseExecutor(undefined, cache, { ...nowhere, onProgress });
  assertOk(executor === executeNotebook);
  assertEquals(lines.length, 1);
  for (const part of ["no-such-jupyter", cache, "no Python 3.10", "Deno kernel alone"]) {
    assertOk(lines[0].includes(part), `${part} in: ${lines[0]}`);
  }
  assertOk(await chooseExecutor("kernel", cache, { ...nowhere, onProgress }) === executeNotebook);
  assertEquals(lines.length, 1);
  await assertInputError(
    () => chooseExecutor("jupyter", cache, { ...nowhere, onProgress }),
    "No Jupyter available",
    "no-such-jupyter",
    "no Python 3.10",
  );
  await Deno.remove(cache, { recursive: true });
});

Deno.test({
  name: "Jupyter executes where it can be had, and says whose it is",
  ignore: !present,
  fn: async () => {
    const lines: string[] = [];
    const executor = await chooseExecutor(undefined, PROJECT.cache, {
      program: "no-such-jupyter",
      onProgress: (line) => lines.push(line),
    });
    assertOk(executor !== executeNotebook);
    assertOk(
      /^Executing with a Jupyter of the project's own \(nbclient \d/.test(lines.join()),
      `${lines}`,
    );
  },
});
