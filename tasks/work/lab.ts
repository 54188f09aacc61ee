/** The work of `deno task lab`. */
import { join, resolve } from "node:path";
import { InputError } from "../../lib/errors.ts";
import { jupyterEnvironment } from "../../lib/jupyter/jupyter_environment.ts";
import { PROJECT } from "../../lib/paths.ts";
import { ensureJupyter } from "../../lib/pyenv/jupyter.ts";
import { JUPYTERLAB, LAB } from "../../lib/pyenv/requirements.ts";
import type { WorkOf } from "../cli.ts";
import type { task } from "../lab.ts";

/** JupyterLab's settings where the user has chosen no other. */
const DEFAULTS = {
  // By default a button hides what follows 50 outputs of a cell. 0 is documented as no limit, but
  // JupyterLab 4.6 then hides all but the first.
  "@jupyterlab/notebook-extension:tracker": { maxNumberOutputs: 1000 },
  // Else it first asks whether to fetch news; its version is pinned.
  "@jupyterlab/apputils-extension:notification": { fetchNews: "false", checkForUpdates: false },
};

export const run: WorkOf<typeof task> = async (
  { folder = PROJECT.notebooks, port, "no-browser": noBrowser },
  { progress, signal },
) => {
  const lab = await ensureJupyter(PROJECT.cache, LAB, JUPYTERLAB, {
    onProgress: (line) => progress.note(line),
    signal,
  });
  signal.throwIfAborted();
  if (lab.python === null) {
    throw new InputError(
      `No JupyterLab available: ${lab.reason}\n` +
        "deno task notebooks executes the notebooks without it.",
    );
  }
  progress.note(`Starting ${lab.version}`);
  const env = await jupyterEnvironment(join(PROJECT.cache, "jupyter"));
  await writeDefaults(env.JUPYTER_CONFIG_DIR);
  const server = new Deno.Command(lab.python, {
    args: [
      "-m",
      "jupyterlab",
      `--notebook-dir=${resolve(folder)}`,
      `--port=${port}`,
      // Ctrl-C then ends it without asking again.
      "--ServerApp.answer_yes=True",
      "--MappingKernelManager.default_kernel_name=deno",
      ...noBrowser ? ["--no-browser"] : [],
      // The superuser of a container is refused otherwise.
      ...Deno.build.os !== "windows" && Deno.uid() === 0 ? ["--allow-root"] : [],
    ],
    cwd: PROJECT.root,
    env,
    stdin: "null",
  }).spawn();
  const stop = () => server.kill("SIGTERM");
  signal.addEventListener("abort", stop, { once: true });
  const { code, success } = await server.status;
  signal.removeEventListener("abort", stop);
  if (!success && !signal.aborted) {
    throw new InputError(`JupyterLab ended with code ${code}; what it said stands above`);
  }
};

async function writeDefaults(config: string): Promise<void> {
  await Deno.mkdir(join(config, "labconfig"), { recursive: true });
  await Deno.writeTextFile(
    join(config, "labconfig", "default_setting_overrides.json"),
    JSON.stringify(DEFAULTS),
  );
}
