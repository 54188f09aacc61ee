import { fileURLToPath } from "node:url";
import { assertEquals, assertOk } from "../testing/assert.ts";
import { jupyterOrSkip } from "../testing/jupyter.ts";
import { inFolder } from "../testing/folder.ts";
import { ensurePython } from "./python.ts";
import { JUPYTER } from "./requirements.ts";

const cache = fileURLToPath(new URL("../../.cache", import.meta.url));
const python = await ensurePython(cache, JUPYTER, { onProgress: console.warn });
const present = { ignore: !jupyterOrSkip(python.reason, Deno.env.get("CI")) };

/** Leftovers of environments, except for their locks. */
const environments = (folder: string) =>
  [...Deno.readDirSync(folder)].filter((entry) => entry.isDirectory).map((entry) => entry.name);

Deno.test("without Python, there is a reason and nothing is left behind", async () => {
  await inFolder(async (folder) => {
    const candidates = ["no-such-python", Deno.execPath()];
    const found = await ensurePython(folder, JUPYTER, { candidates });
    assertEquals(found, { path: null, reason: "no Python 3.10 or newer found" });
    assertEquals(environments(folder), []);
  });
});

Deno.test("an abort is reported as the reason and leaves nothing behind", async () => {
  await inFolder(async (folder) => {
    const signal = AbortSignal.abort(new Error("enough"));
    const { path } = await ensurePython(folder, JUPYTER, { signal });
    assertEquals(path, null);
    assertEquals(environments(folder), []);
  });
});

Deno.test({
  ...present,
  name: "what pip refuses is the reason, and leaves nothing behind",
  fn: () =>
    inFolder(async (folder) => {
      const { path, reason } = await ensurePython(folder, ["not a requirement"]);
      assertEquals(path, null);
      assertOk(reason?.includes("pip could not install: ERROR: Invalid requirement"), `${reason}`);
      assertEquals(environments(folder), []);
    }),
});

Deno.test({
  ...present,
  name: "an environment is found again, in any order of its requirements, and has its packages",
  fn: async () => {
    const lines: string[] = [];
    const again = await ensurePython(cache, JUPYTER.toReversed(), {
      onProgress: (line) => lines.push(line),
    });
    assertEquals(again, python);
    assertEquals(lines, []);
    const check = "from importlib.metadata import version\n" +
      JUPYTER.map((pin) => pin.split("==")).map(([name, wanted]) =>
        `assert version("${name}") == "${wanted}"`
      ).join("\n");
    const { success } = await new Deno.Command(again.path ?? "", { args: ["-c", check] }).output();
    assertOk(success);
  },
});

Deno.test({
  ...present,
  name: "an environment that was interrupted is not taken for whole",
  fn: () =>
    inFolder(async (folder) => {
      // As after a kill: the folder exists, its last file does not.
      const probe = await ensurePython(folder, ["not a requirement"], { candidates: [] });
      assertEquals(probe.path, null);
      const [lock] = [...Deno.readDirSync(folder)].map((entry) => entry.name);
      const half = `${folder}/${lock.replace(/\.lock$/, "")}`;
      await Deno.mkdir(`${half}/bin`, { recursive: true });
      await Deno.symlink(python.path ?? "", `${half}/bin/python`);
      const found = await ensurePython(folder, ["not a requirement"], { candidates: [] });
      assertEquals(found.path, null);
      assertEquals(environments(folder), []);
    }),
});
