import { join } from "node:path";
import { replaceFile } from "../store/file.ts";
import { reportPage } from "./page.ts";
import type { ReportData } from "./types.ts";

/**
 * Writes the report to `dir/index.html`, creating the folder if necessary, and returns that path.
 * The page is written to a temporary name and renamed, so an existing `index.html` is complete. The
 * figures' files are expected in `../figures/`, as `<name>.svg` and `<name>.png`: the page links to
 * them, and shows the SVG without them.
 *
 * @example
 * ```ts
 * import { assertOk } from "../testing/assert.ts";
 * import { writeReport } from "./write_report.ts";
 *
 * const dir = await Deno.makeTempDir();
 * const path = await writeReport(`${dir}/report`, {
 *   run: { name: "first", benchmark: "mini", status: "complete", started: "2026-03-01T10:00:00Z",
 *     finished: "2026-03-01T10:01:30Z", commit: null, dirty: false, versions: {}, flags: {} },
 * });
 * assertOk((await Deno.readTextFile(path)).endsWith("</html>\n"));
 * await Deno.remove(dir, { recursive: true });
 * ```
 */
export async function writeReport(dir: string, data: ReportData): Promise<string> {
  const page = reportPage(data);
  const path = join(dir, "index.html");
  await replaceFile(path, page);
  return path;
}
