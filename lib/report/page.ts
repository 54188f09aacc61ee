import { Markup, markup } from "./html.ts";
import { figures } from "./elements.ts";
import { argument } from "./argument.ts";
import {
  comparison,
  coverage,
  failures,
  findings,
  leaderboard,
  runFacts,
  shownFacts,
  tables,
  unscored,
} from "./parts.ts";
import { STYLE } from "./style.ts";
import type { Part, ReportData } from "./types.ts";

interface Section {
  id: string;
  title: string;
  body: Markup;
}

/** A section for a part that is present or missing; none if the part is undefined. */
function section<T extends object>(
  id: string,
  title: string,
  part: Part<T>,
  body: (content: T) => Markup,
  note: Markup | null = null,
): Section[] {
  if (part === undefined) return [];
  if ("missing" in part) {
    return [{
      id,
      title,
      body: markup`
        <p class="muted">Not shown: ${part.missing}</p>
      `,
    }];
  }
  return [{ id, title, body: markup`${note}${body(part as T)}` }];
}

/**
 * The report as a self-contained HTML page without scripts or network access; only film strips and
 * clips are loaded, from files next to it. Everything in `data` except the figures is text and is
 * escaped.
 *
 * @example
 * ```ts
 * import { assertOk } from "../testing/assert.ts";
 * import { reportPage } from "./page.ts";
 *
 * const page = reportPage({
 *   run: { name: "first <run>", benchmark: "mini", status: "complete", started: "2026-03-01T10:00:00Z",
 *     finished: null, commit: null, dirty: false, versions: {}, flags: {} },
 *   comparison: { missing: "the mini benchmark is not in the paper" },
 * });
 * assertOk(page.includes("first &lt;run&gt;") && page.includes("is not in the paper"));
 * assertOk(!page.includes("Leaderboard"));
 * ```
 */
export function reportPage(data: ReportData): string {
  const { shown } = data;
  // What depends on a judge, or on a rule, says on which.
  const by = (text: string) => shown ? markup`<p class="muted">${text}</p>` : null;
  const judged = by(`Judge ${shown?.judge}`);
  const ruled = by(`Judge ${shown?.judge}, rule ${shown?.rule}`);
  const sections = [
    ...section("argument", "The paper's argument", data.argument, argument, ruled),
    ...section("leaderboard", "Leaderboard", data.leaderboard, leaderboard, ruled),
    ...section("failures", "Failures", data.failures, failures, judged),
    ...section("trust", "Can the judge be trusted?", data.trust, figures, judged),
    ...section("rules", "Effect of the scoring rule", data.rules, figures, judged),
    ...section("dataset", "The benchmark", data.dataset, figures),
    ...section("comparison", "Comparison with the paper", data.comparison, comparison),
    ...section("findings", "Audit of the benchmark", data.findings, findings),
    ...section("coverage", "Coverage", data.coverage, coverage, judged),
    ...section("tables", "Tables", data.tables, tables),
    ...section("run", "Run details", data.run, runFacts),
  ];
  const { run } = data;
  const page = markup`
    <!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta http-equiv="Content-Security-Policy"
          content="default-src 'none'; img-src 'self' file:; media-src 'self' file:; style-src 'unsafe-inline'">
        <title>${run.name}: MicroVerse report</title>
        <style>${new Markup(STYLE)}</style>
      </head>
      <body>
        <header>
          <h1>${run.name}</h1>
          <p class="muted">Benchmark ${run.benchmark} · ${run.status} · started ${run.started}</p>
          ${shown ? shownFacts(shown) : null}
          ${data.unscored ? unscored(data.unscored) : null}
        </header>
        <nav aria-label="Sections">
          <ul>${
    sections.map(({ id, title }) => markup`<li><a href="#${id}">${title}</a></li>`)
  }</ul>
        </nav>
        <main>
    ${
    sections.map(({ id, title, body }) =>
      markup`
        <section><h2 id="${id}">${title}</h2>
        ${body}</section>
      `
    )
  }</main>
      </body>
    </html>
  `;
  return page.html.trim() + "\n";
}
