/** JupyterLab as `deno task lab` starts it, and what a browser sees of a notebook in it. */
import { join } from "node:path";
import type { Notebook } from "../jupyter/format.ts";
import { PROJECT } from "../paths.ts";
import { jupyterOnPath } from "../pyenv/jupyter.ts";
import { ensurePython } from "../pyenv/python.ts";
import { JUPYTERLAB, LAB } from "../pyenv/requirements.ts";
import type { Page } from "./chromium.ts";

/** Null where a JupyterLab is here; tests install none, they use the one that is there. */
export async function whyNoLab(): Promise<string | null> {
  // No candidates: without a Python to make an environment with, only one that is there is found.
  const { path } = await ensurePython(PROJECT.cache, LAB, { candidates: [] });
  if (path !== null || (await jupyterOnPath(JUPYTERLAB)).python !== null) return null;
  return "no JupyterLab here; deno task lab installs one";
}

/** The task, with these flags and environment variables beside this process's own. */
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

/** Where a JupyterLab listens. */
export interface LabAddress {
  /** Such as `http://127.0.0.1:8888`. */
  server: string;
  token: string;
}

/**
 * Starts the real JupyterLab, calls `use` once it listens, and ends it as Ctrl-C does. Throws what
 * JupyterLab said where it does not start, or does not end well.
 */
export async function withLab<T>(
  flags: readonly string[],
  use: (address: LabAddress) => Promise<T>,
): Promise<T> {
  const folder = await Deno.makeTempDir({ prefix: "lab-settings-" });
  const lab = startLab(flags, await testSettings(folder));
  let said = "";
  const address = Promise.withResolvers<LabAddress>();
  const drained = (async () => {
    for await (const text of lab.stderr.pipeThrough(new TextDecoderStream())) {
      said += text;
      const found = /(http:\/\/127\.0\.0\.1:\d+)\/lab\?token=(\w+)/.exec(said);
      if (found !== null) address.resolve({ server: found[1], token: found[2] });
    }
    address.reject(new Error(`JupyterLab did not start: ${said}`));
  })();
  try {
    const result = await use(await address.promise);
    lab.kill("SIGINT");
    const { code } = await lab.status;
    if (code !== 0) throw new Error(`JupyterLab ended with code ${code}: ${said}`);
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
 * Settings of its own, so that the user's are neither read nor changed: every cell is drawn, not only
 * those in view.
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

/** One output as a browser shows it. */
export interface ShownOutput {
  /** The media type that was chosen. */
  type: string | null;
  /** Images that stand on the page: pixels of the file, and on the page. */
  images: { natural: [number, number]; shown: [number, number] }[];
  /** Videos: pixels of the file; 0 where it cannot be played. */
  videos: [number, number][];
  /** Rows of tables. */
  rows: number;
  text: string;
}

/**
 * Opens a notebook of the folder that JupyterLab shows, and waits until it shows all its outputs.
 *
 * @param path Relative to that folder.
 * @param notebook What the file holds.
 */
export async function outputsSeen(
  page: Page,
  { server, token }: LabAddress,
  path: string,
  notebook: Notebook,
): Promise<ShownOutput[]> {
  const wanted = notebook.cells.flatMap((cell) => cell.cell_type === "code" ? cell.outputs : []);
  // A workspace of its own: another one would open what was open before.
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
