/** JupyterLab with the Deno kernel: the real one where it is installed, and how it is started. */
import { join } from "node:path";
import { PROJECT } from "../lib/paths.ts";
import { jupyterOnPath } from "../lib/pyenv/jupyter.ts";
import { ensurePython } from "../lib/pyenv/python.ts";
import { JUPYTERLAB, LAB } from "../lib/pyenv/requirements.ts";
import { assertEquals, assertOk } from "../lib/testing/assert.ts";

const posix = Deno.build.os !== "windows";

/** The task as started by a user whose PATH begins with this folder. */
function startLab(path: string, ...flags: string[]) {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "tasks/lab.ts", "--no-browser", ...flags],
    cwd: PROJECT.root,
    env: { NO_COLOR: "1", PATH: `${path}:${Deno.env.get("PATH")}` },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
}

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
      const lab = startLab(folder, "--port", "9321");
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
      const { code, stderr } = await startLab(folder).output();
      const said = new TextDecoder().decode(stderr);
      assertEquals(code, 2, said);
      assertOk(said.includes("port in use") && said.includes("ended with code 7"), said);
    }),
});

/** Without a Python to make one with: tests install no JupyterLab, they use one that is there. */
const made = await ensurePython(PROJECT.cache, LAB, { candidates: [] });
const there = made.path !== null || (await jupyterOnPath(JUPYTERLAB)).python !== null;
if (!there) console.warn("SKIPPED: the real JupyterLab: it is not here; deno task lab installs it");

Deno.test({
  name: "the real JupyterLab knows the Deno kernel and the notebooks",
  ignore: !there || !posix,
  fn: async () => {
    const lab = startLab("", "--port", "18888");
    let [said, asked] = ["", false];
    const address = /(http:\/\/127\.0\.0\.1:\d+)\/lab\?token=(\w+)/;
    for await (const text of lab.stderr.pipeThrough(new TextDecoderStream())) {
      said += text;
      const [, server, token] = address.exec(said) ?? [];
      if (token === undefined || asked) continue;
      asked = true;
      const ask = async (path: string) =>
        await (await fetch(`${server}/api/${path}?token=${token}`)).json();
      const specs = await ask("kernelspecs");
      assertEquals(specs.kernelspecs.deno.spec.argv[0], Deno.execPath());
      assertEquals(specs.default, "deno");
      const { content } = await ask("contents");
      assertOk(content.some(({ name }: { name: string }) => name === "05-failures.ipynb"));
      lab.kill("SIGINT");
    }
    assertOk(asked, said);
    assertEquals((await lab.status).code, 0, said);
  },
});
