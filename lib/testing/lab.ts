/** JupyterLab as started by `deno task lab`, and a notebook as shown in a browser. */
import { join } from "node:path";
import type { Notebook } from "../jupyter/format.ts";
import { PROJECT } from "../paths.ts";
import { jupyterOnPath } from "../pyenv/jupyter.ts";
import { ensurePython } from "../pyenv/python.ts";
import { JUPYTERLAB, LAB } from "../pyenv/requirements.ts";
import type { Page } from "./chromium.ts";

/** Null if JupyterLab is available; tests do not install it. */
export async function whyNoLab(): Promise<string | null> {
  // No candidates: without a Python to create an environment with, only an existing JupyterLab is
  // found.
  const { path } = await ensurePython(PROJECT.cache, LAB, { candidates: [] });
  if (path !== null || (await jupyterOnPath(JUPYTERLAB)).python !== null) return null;
  return "no JupyterLab here; deno task lab installs one";
}

/** The task with the given flags and additional environment variables. */
export function startLab(flags: readonly string[], env: Record<string, string> = {}) {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "tasks/lab.ts", "--no-browser", ...flags],
    cwd: PROJECT.root,
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
}

/** The address of a JupyterLab. */
export interface LabAddress {
  /** For example `http://127.0.0.1:8888`. */
  server: string;
  token: string;
}

/**
 * Starts JupyterLab, calls `use` once it listens, and ends it like Ctrl-C. Throws JupyterLab's
 * output if it does not start or does not exit cleanly.
 */
export async function withLab<T>(
  flags: readonly string[],
  use: (address: LabAddress) => Promise<T>,
): Promise<T> {
  const folder = await Deno.makeTempDir({ prefix: "lab-settings-" });
  const lab = startLab(flags, await testSettings(folder));
  let output = "";
  const address = Promise.withResolvers<LabAddress>();
  const drained = (async () => {
    for await (const text of lab.stderr.pipeThrough(new TextDecoderStream())) {
      output += text;
      const found = /(http:\/\/127\.0\.0\.1:\d+)\/lab\?token=(\w+)/.exec(output);
      if (found !== null) address.resolve({ server: found[1], token: found[2] });
    }
    address.reject(new Error(`JupyterLab did not start: ${output}`));
  })();
  try {
    const result = await use(await address.promise);
    lab.kill("SIGINT");
    const { code } = await lab.status;
    if (code !== 0) throw new Error(`JupyterLab exited with code ${code}: ${output}`);
    return result;
  } finally {
    try {
      lab.kill("SIGINT");
    } catch { /* It has ended. */ }
    await lab.status;
    await drained;
    await Deno.remove(folder, { recursive: true });
  }
}

/**
 * Separate settings, so that the user's are neither read nor changed: every cell is rendered, not
 * only those in view.
 */
async function testSettings(folder: string): Promise<Record<string, string>> {
  const settings = join(folder, "settings");
  const extension = join(settings, "@jupyterlab", "notebook-extension");
  await Deno.mkdir(extension, { recursive: true });
  await Deno.writeTextFile(
    join(extension, "tracker.jupyterlab-settings"),
    JSON.stringify({ windowingMode: "none" }),
  );
  return {
    JUPYTERLAB_SETTINGS_DIR: settings,
    JUPYTERLAB_WORKSPACES_DIR: join(folder, "workspaces"),
  };
}

/** An output as shown in a browser. */
export interface ShownOutput {
  /** The media type that was selected. */
  type: string | null;
  /** Images on the page: size of the file in pixels, and on the page. */
  images: { natural: [number, number]; shown: [number, number] }[];
  /** Videos: size of the file in pixels; 0 if it cannot be played. */
  videos: [number, number][];
  /** Number of table rows. */
  rows: number;
  text: string;
}

/**
 * Opens a notebook of JupyterLab's folder and waits until all its outputs are shown.
 *
 * @param path Relative to that folder.
 * @param notebook The file's content.
 */
export async function outputsSeen(
  page: Page,
  { server, token }: LabAddress,
  path: string,
  notebook: Notebook,
): Promise<ShownOutput[]> {
  const wanted = notebook.cells.flatMap((cell) => cell.cell_type === "code" ? cell.outputs : []);
  // A separate workspace, since another one would reopen its earlier documents.
  const workspace = `${server}/lab/workspaces/${crypto.randomUUID()}`;
  await page.open(`${workspace}/tree/${encodeURIComponent(path)}?token=${token}`);
  const outputs = `[...document.querySelectorAll(".jp-Notebook .jp-OutputArea-output")]`;
  await page.until(
    `${outputs}.length === ${wanted.length}`,
    `${outputs}.length + " outputs of ${wanted.length} in: " + document.body.innerText.slice(0, 500)`,
  );
  return await page.evaluate<ShownOutput[]>(`Promise.all(${outputs}.map(async (output) => {
    const all = (selector) => [...output.querySelectorAll(selector)];
    // What a video holds is not shown where the video is.
    const images = all("img").filter((image) => image.closest("video") === null);
    await Promise.all(images.map((image) => image.decode().catch(() => {})));
    const videos = all("video");
    await Promise.all(videos.map((video) => video.readyState > 0 || video.error ||
      new Promise((ready) => video.onloadedmetadata = video.onerror = ready)));
    return {
      type: output.dataset.mimeType ?? null,
      images: images.map((image) => ({
        natural: [image.naturalWidth, image.naturalHeight],
        shown: [image.offsetWidth, image.offsetHeight],
      })),
      videos: videos.map((video) => [video.videoWidth, video.videoHeight]),
      rows: all("tr").length,
      text: output.innerText,
    };
  }))`);
}
