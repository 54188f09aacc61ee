/** JupyterLab with the Deno kernel: the real one where it is installed, and how it is started. */
import { join } from "node:path";
import { PROJECT } from "../lib/paths.ts";
import { JUPYTERLAB } from "../lib/pyenv/requirements.ts";
import { assertEquals, assertOk } from "../lib/testing/assert.ts";
import { startLab, whyNoLab, withLab } from "../lib/testing/lab.ts";

const posix = Deno.build.os !== "windows";

/** A PATH that begins with this folder. */
const before = (folder: string) => ({ PATH: `${folder}:${Deno.env.get("PATH")}` });

/** A `jupyter` whose JupyterLab notes how it was started, then does as told. */
async function fakeLab(folder: string, then: string): Promise<void> {
  const script = (name: string, body: string) =>
    Deno.writeTextFile(join(folder, name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  const python = join(folder, "python");
  await script("jupyter", `printf 'sys.executable:\\n\\t${python}\\n'`);
  const started = join(folder, "started");
  await script(
    "python",
    `if [ "$1" = -c ]; then echo ${JUPYTERLAB.oldest}; exit; fi\n` +
      `printf '%s\\n' "$JUPYTER_PATH" "$@" > '${started}.part'; mv '${started}.part' '${started}'\n${then}`,
  );
}

async function inNewFolder(run: (folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir({ prefix: "lab-" });
  try {
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test({
  name:
    "the task starts JupyterLab over the notebooks with a kernel of its own, and ends it on Ctrl-C",
  ignore: !posix,
  fn: () =>
    inNewFolder(async (folder) => {
      const mark = join(folder, "ended");
      await fakeLab(
        folder,
        `trap "touch '${mark}'; exit 0" TERM\nwhile :; do sleep 0.05; done`,
      );
      const lab = startLab(["--port", "9321"], before(folder));
      const answer = lab.output();
      const started = join(folder, "started");
      while (!await Deno.stat(started).catch(() => null)) {
        await new Promise((r) => setTimeout(r, 20));
      }
      lab.kill("SIGINT");
      assertEquals((await answer).code, 0);
      assertOk((await Deno.stat(mark)).isFile);

      const [kernels, ...args] = (await Deno.readTextFile(started)).trim().split("\n");
      assertEquals(args.slice(0, 2), ["-m", "jupyterlab"]);
      for (const arg of [`--notebook-dir=${PROJECT.notebooks}`, "--port=9321", "--no-browser"]) {
        assertOk(args.includes(arg), `${arg} in ${args}`);
      }
      assertOk(kernels.startsWith(PROJECT.cache), kernels);
      const spec = JSON.parse(await Deno.readTextFile(`${kernels}/kernels/deno/kernel.json`));
      assertEquals(spec.argv[0], Deno.execPath());
    }),
});

Deno.test({
  name: "a JupyterLab that fails ends the task with exit code 2",
  ignore: !posix,
  fn: () =>
    inNewFolder(async (folder) => {
      await fakeLab(folder, "echo 'port in use' >&2; exit 7");
      const { code, stderr } = await startLab([], before(folder)).output();
      const said = new TextDecoder().decode(stderr);
      assertEquals(code, 2, said);
      assertOk(said.includes("port in use") && said.includes("ended with code 7"), said);
    }),
});

const why = await whyNoLab();
if (why !== null) console.warn(`SKIPPED: the real JupyterLab: ${why}`);

Deno.test({
  name: "the real JupyterLab knows the Deno kernel and the notebooks",
  ignore: why !== null || !posix,
  fn: () =>
    withLab(["--port", "18888"], async ({ server, token }) => {
      const ask = async (path: string) =>
        await (await fetch(`${server}/api/${path}?token=${token}`)).json();
      const specs = await ask("kernelspecs");
      assertEquals(specs.kernelspecs.deno.spec.argv[0], Deno.execPath());
      assertEquals(specs.default, "deno");
      const { content } = await ask("contents");
      assertOk(content.some(({ name }: { name: string }) => name === "05-failures.ipynb"));
    }),
});
