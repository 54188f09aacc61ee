/** What sections are built of: tables and figures. */
import { InputError } from "../errors.ts";
import { addressOf, Markup, markup } from "./html.ts";
import type { ReportFigure } from "./types.ts";

/** One column of a table. */
export interface Column<Row> {
  title: string;
  cell: (row: Row) => Markup | string | number;
  /** Set right, in figures of equal width. */
  numeric?: boolean;
}

/** A table of `rows`, which scrolls by itself where the page is too narrow for it. */
export function table<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): Markup {
  const kind = ({ numeric }: Column<Row>) => numeric ? "number" : "text";
  const head = columns.map((column) => markup`<th class="${kind(column)}">${column.title}</th>`);
  const cells = (row: Row) =>
    columns.map((column) => markup`<td class="${kind(column)}">${column.cell(row)}</td>`);
  return markup`
    <div class="scroll">
      <table>
        <thead>
          <tr>${head}</tr>
        </thead>
        <tbody>
          ${rows.map((row) => markup`<tr>${cells(row)}</tr>\n`)}
        </tbody>
      </table>
    </div>
  `;
}

/** What a drawing has no need of: scripts, handlers, foreign content, addresses outside itself. */
const ACTIVE = /<(script|foreignObject|iframe)\b|\son\w+=|\s(xlink:)?(href|src)=(?!"#)/i;

/** Only the tags of `svg`, attributes emptied but for a leading `#`: names of models are no code. */
function tags(svg: string): string {
  return (svg.match(/<[^>]*>/g) ?? []).join("").replace(/="(#?)[^"]*"/g, '="$1"');
}

/**
 * A figure with links to its files. Throws {@link InputError} where it is no SVG, or one that could run
 * code or load something.
 */
export function figure({ name, svg }: ReportFigure): Markup {
  if (!svg.startsWith("<svg ") || ACTIVE.test(tags(svg))) {
    throw new InputError(
      `Cannot place figure ${name} in the report: found ${JSON.stringify(svg.slice(0, 40))}; ` +
        "expected SVG without scripts, as lib/figures makes it",
    );
  }
  const [asSvg, asPng] = ["svg", "png"].map((ending) => addressOf(`../figures/${name}.${ending}`));
  return markup`
    <figure>
      <div class="drawing">${new Markup(svg)}</div>
      <figcaption>This figure as <a href="${asSvg}">SVG</a>, <a href="${asPng}">PNG</a></figcaption>
    </figure>
  `;
}

/** Figures one below the other. */
export function figures(all: readonly ReportFigure[]): Markup {
  return markup`${all.map(figure)}`;
}
