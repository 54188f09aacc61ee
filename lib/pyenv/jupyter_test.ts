import { fileURLToPath } from "node:url";
import { dirname, join } from "node:path";
import { assertEquals, assertOk } from "../testing/assert.ts";
import { jupyterOrSkip } from "../testing/jupyter.ts";
import { inFolder } from "../testing/folder.ts";
import { ensureJupyter, jupyterOnPath } from "./jupyter.ts";
import { ensurePython } from "./python.ts";
import { JUPYTER, NBCLIENT } from "./requirements.ts";

const cache = fileURLToPath(new URL("../../.cache", import.meta.url));
const own = await ensurePython(cache, JUPYTER, { onProgress: console.warn });
const present = jupyterOrSkip(own.reason, Deno.env.get("CI"));
const posix = Deno.build.os !== "windows";

/** A `jupyter` whose Python reports this version of any package; null: no package installed. */
async function fakeJupyter(folder: string, version: string | null): Promise<string> {
  const script = async (name: string, body: string) => {
    const path = join(folder, name);
    await Deno.writeTextFile(path, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
    return path;
  };
  const python = await script("python", version === null ? "exit 1" : `echo ${version}`);
  return await script(
    "jupyter",
    `printf '$PATH:\\n\\t/bin\\n\\nsys.executable:\\n\\t${python}\\n'`,
  );
}

Deno.test({
  name: "a jupyter on PATH is used when what it has is new enough, by number and not by letter",
  ignore: !posix,
  fn: () =>
    inFolder(async (folder) => {
      for (const version of ["0.10.0", "0.10.4", "0.11.0", "1.0", "0.12.0rc1"]) {
        const program = await fakeJupyter(folder, version);
        const found = await jupyterOnPath(NBCLIENT, { program });
        const python = join(folder, "python");
        const expected = { python, from: "path", version: `nbclient ${version}`, reason: null };
        assertEquals(found, expected as typeof found);
      }
      for (const version of ["0.9.1", "0.2.0", "0.5"]) {
        const program = await fakeJupyter(folder, version);
        const { python, reason } = await jupyterOnPath(NBCLIENT, { program });
        assertEquals(python, null);
        assertOk(reason?.includes(`nbclient ${version}; expected 0.10.0 or newer`), `${reason}`);
      }
      const program = await fakeJupyter(folder, null);
      const { reason } = await jupyterOnPath(NBCLIENT, { program });
      assertOk(reason?.endsWith("has no nbclient"), `${reason}`);
    }),
});

Deno.test({
  name: "one that is too old or does not work gives way to our own",
  ignore: !present || !posix,
  fn: () =>
    inFolder(async (folder) => {
      const old = await fakeJupyter(folder, "0.5.0");
      for (const program of [old, "no-such-jupyter", Deno.execPath()]) {
        const found = await ensureJupyter(cache, JUPYTER, NBCLIENT, { program });
        assertEquals([found.python, found.reason], [own.path, null]);
        assertEquals(found.reason === null && found.from, "cache");
      }
    }),
});

Deno.test({
  name: "a real jupyter on PATH is asked for its own Python",
  ignore: !present,
  fn: async () => {
    const program = join(dirname(own.path ?? ""), "jupyter");
    const { python, reason } = await jupyterOnPath(NBCLIENT, { program });
    assertEquals([python, reason], [own.path, null]);
  },
});

Deno.test("if both fail, the reason says what was tried and why it failed", async () => {
  await inFolder(async (folder) => {
    const { python, reason } = await ensureJupyter(folder, JUPYTER, NBCLIENT, {
      program: "no-such-jupyter",
      candidates: ["no-such-python"],
    });
    assertEquals(python, null);
    assertEquals(
      reason,
      `no no-such-jupyter on PATH; and none could be installed in ${folder}: ` +
        "no Python 3.10 or newer found",
    );
  });
});

Deno.test("without Jupyter, tests are skipped with a warning, and fail if CI is true", () => {
  const lines: string[] = [];
  const warn = (line: string) => void lines.push(line);
  assertEquals(jupyterOrSkip(null, "true", warn), true);
  assertEquals(jupyterOrSkip(null, undefined, warn), true);
  assertEquals(lines, []);
  for (const ci of [undefined, "", "false"]) assertEquals(jupyterOrSkip("no pip", ci, warn), false);
  assertEquals(lines.length, 3);
  assertOk(lines[0].includes("SKIPPED") && lines[0].includes("no pip") && lines[0].includes("!!!"));
  let thrown = "";
  try {
    jupyterOrSkip("no pip", "true", warn);
  } catch (error) {
    thrown = String(error);
  }
  assertOk(thrown.includes("no pip") && thrown.includes("CI is true"), thrown);
  assertEquals(lines.length, 3);
});
