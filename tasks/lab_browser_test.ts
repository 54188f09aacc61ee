/** What a reader sees who opens a notebook that JupyterLab does not trust, as all are at first. */
import { join } from "node:path";
import { executeNotebook } from "../lib/jupyter/execute.ts";
import { type CodeCell, type Notebook, writeNotebook } from "../lib/jupyter/format.ts";
import { assertEquals } from "../lib/testing/assert.ts";
import { findBrowser, withPage } from "../lib/testing/chromium.ts";
import { notebookOf, ROOM } from "../lib/testing/jupyter.ts";
import { outputsSeen, type ShownOutput, whyNoLab, withLab } from "../lib/testing/lab.ts";

const browser = findBrowser();
const why = browser === null ? "no Chromium on this machine" : await whyNoLab();
if (why !== null) console.warn(`SKIPPED: notebooks in JupyterLab in a real browser: ${why}`);

const SHOWN = notebookOf(
  `import { html, show, video } from "./show.ts";
import { compose, text } from "../figures/compose.ts";
import { encodeVideo } from "../video/encode.ts";`,
  `const panels = [{ x: 0, y: 0, markup: text(20, 20, "p < 0.05") }];
await show(compose({ title: "Scores", subtitle: "n = 2", panels, height: 40 }));`,
  `await show([{ model: "nano", score: 1 / 3 }, { model: "wan", score: null }]);`,
  `const path = await Deno.makeTempFile({ suffix: ".mp4" });
const frames = [40, 80, 120].map((grey) => new Uint8Array(64 * 48 * 3).fill(grey));
await encodeVideo({ width: 64, height: 48, fps: 8, frames }, path);
await show(await video(path, { width: 320, caption: "grey" }));
await Deno.remove(path);`,
  `await show(html('<p>Bars</p><svg width="30" height="20"><rect width="9" height="9"/></svg>'));`,
);

/** A cell with as many outputs as notebooks have, as if executed. */
const LONG: CodeCell = {
  cell_type: "code",
  id: "long",
  metadata: {},
  source: "",
  execution_count: null,
  outputs: Array.from({ length: 80 }, (_, i) => (
    { output_type: "display_data", data: { "text/plain": `output ${i}` }, metadata: {} }
  )),
};

Deno.test({
  name: "JupyterLab shows figures, tables and videos of a notebook that it does not trust",
  ignore: why !== null || Deno.build.os === "windows",
  async fn() {
    const executed = await executeNotebook(SHOWN, { name: "shown.ipynb", cwd: ROOM });
    const notebook = { ...executed, cells: [...executed.cells, LONG] };
    const seen = await seenInLab("shown.ipynb", notebook);
    const [figure, table, clip, drawing] = seen;
    assertEquals(figure.type, "image/png");
    assertEquals(figure.images, [{ natural: [1600, 232], shown: [800, 116] }]);
    assertEquals([table.type, table.rows], ["text/html", 3]);
    assertEquals([clip.type, clip.videos, clip.text], ["text/html", [[64, 48]], "grey"]);
    assertEquals([drawing.type, drawing.text.trim()], ["text/html", "Bars"]);
    assertEquals(drawing.images, [{ natural: [60, 40], shown: [30, 20] }]);
    assertEquals(seen.at(-1)!.text.trim(), "output 79");
  },
});

async function seenInLab(name: string, notebook: Notebook): Promise<ShownOutput[]> {
  const folder = await Deno.makeTempDir({ prefix: "lab-" });
  try {
    await writeNotebook(join(folder, name), notebook);
    return await withLab(
      ["--port", "18900", "--folder", folder],
      // Wide enough for a figure at its own size.
      (lab) =>
        withPage(browser!, (page) => outputsSeen(page, lab, name, notebook), { width: 1600 }),
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
