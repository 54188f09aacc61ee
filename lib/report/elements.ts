/** Building blocks of sections: tables and figures. */
import { InputError } from "../errors.ts";
import { addressOf, Markup, markup } from "./html.ts";
import type { ReportFigure } from "./types.ts";

/** One column of a table. */
export interface Column<Row> {
  title: string;
  cell: (row: Row) => Markup | string | number;
  /** Right-aligned, in tabular figures. */
  numeric?: boolean;
}

/** A table of `rows` that scrolls horizontally if the page is too narrow. */
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

/** Content that drawings do not need: scripts, handlers, foreign content, external references. */
const ACTIVE = /<(script|foreignObject|iframe)\b|\son\w+=|\s(xlink:)?(href|src)=(?!"#)/i;

/**
 * Only the tags of `svg`, with attribute values removed except for a leading `#`: model names are
 * not code.
 */
function tags(svg: string): string {
  return (svg.match(/<[^>]*>/g) ?? []).join("").replace(/="(#?)[^"]*"/g, '="$1"');
}

/**
 * A figure with links to its files. Throws {@link InputError} if it is not SVG, or if the SVG could
 * run code or load resources.
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

/** Figures below one another. */
export function figures(all: readonly ReportFigure[]): Markup {
  return markup`${all.map(figure)}`;
}
