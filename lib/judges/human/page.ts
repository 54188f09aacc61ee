/** The page with the clips of a labelling sheet: frames, video, prompt and criteria. */
import { escapeMarkup } from "../../markup.ts";
import type { Criterion } from "../../records/criterion.ts";
import type { Task } from "../../records/task.ts";
import { criteriaOf } from "./sheet.ts";

/** A clip on the page. */
export interface SheetClip {
  /** Its code in the sheet. */
  clip: string;
  task: Task;
  /** URL of a picture of its frames, relative to the page. */
  strip: string;
  /** URL of the clip, relative to the page. */
  video: string;
  /** Number of frames in the clip, and in the strip. */
  frames: number;
  shown: number;
  /** In seconds; null if the file does not specify it. */
  duration: number | null;
}

const STYLE = `
body { max-width: 1060px; margin: 2rem auto; padding: 0 1rem; color: #1a1a1a; background: #fff;
  font: 15px/1.5 Inter, "Helvetica Neue", Helvetica, Arial, "DejaVu Sans", sans-serif; }
section { margin: 3rem 0; padding-top: 1rem; border-top: 1px solid #8c8c8c; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; }
code { font: 600 0.95em ui-monospace, Menlo, "DejaVu Sans Mono", monospace; }
img { display: block; max-width: 100%; }
video { display: block; width: 320px; max-width: 100%; margin-top: 0.75rem; background: #000; }
table { border-collapse: collapse; width: 100%; margin-top: 1rem; }
th, td { text-align: left; vertical-align: top; padding: 0.3rem 0.75rem 0.3rem 0;
  border-bottom: 1px solid #e4e4e4; }
.note { color: #595959; }`;

/**
 * The page as HTML that can be opened from disk. It does not name any model.
 *
 * @example
 * ```ts
 * import { assertOk } from "../../testing/assert.ts";
 * import { sheetPage } from "./page.ts";
 *
 * assertOk(sheetPage([], []).startsWith("<!doctype html>"));
 * ```
 */
export function sheetPage(clips: readonly SheetClip[], criteria: readonly Criterion[]): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Clips to label</title>
<style>${STYLE}
</style>
</head>
<body>
<h1>${clips.length} clips to label</h1>
<p>For each criterion below, enter in the column <code>met</code> of <code>sheet.csv</code> whether
it is true of the clip: <code>yes</code>, <code>no</code>, or nothing if you cannot tell. Some criteria
describe an error; for these, too, <code>yes</code> means that the statement is true, so the error is
present. Judge each criterion separately. The column <code>note</code> is optional.</p>
<p class="note">The rows of the sheet are in the order of this page. The model of each clip is not
shown here; it is recorded in <code>key.json</code>.</p>
${clips.map((clip) => section(clip, criteria)).join("\n")}
</body>
</html>
`;
}

function section(
  { clip, task, strip, video, frames, shown, duration }: SheetClip,
  criteria: readonly Criterion[],
): string {
  const rows = criteriaOf(task.task, criteria).map(({ dimension, id, description }) =>
    `<tr><td>${dimension}</td><td>${id}</td><td>${escapeMarkup(description)}</td></tr>`
  );
  const length = duration === null ? "" : `, ${duration.toFixed(1)} s`;
  return `<section id="${escapeMarkup(clip)}">
<h2>Clip <code>${escapeMarkup(clip)}</code>, task ${task.task}</h2>
<p>${escapeMarkup(task.prompt)}</p>
<p class="note">${escapeMarkup(task.requirement)}</p>
<img src="${escapeMarkup(strip)}" alt="${shown} frames of the clip, in order">
<p class="note">${shown} of ${frames} frames${length}. The whole clip:</p>
<video src="${escapeMarkup(video)}" controls loop muted preload="metadata"></video>
<table>
<tr><th>dimension</th><th>criterion</th><th>says</th></tr>
${rows.join("\n")}
</table>
</section>`;
}
