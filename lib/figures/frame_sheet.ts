/** Frames in labelled rows and columns with their times: one picture for notebooks and papers. */
import { InputError } from "../errors.ts";
import { text } from "./compose.ts";
import { drawnHeight, MUTED, SIZE, WIDTH } from "./look.ts";
import { wrap } from "./text.ts";
import { lazy } from "../lazy.ts";

const loadSheet = lazy<typeof import("./sheet.ts")>(new URL("./sheet.ts", import.meta.url));

/** A circle drawn onto a frame, in frame pixels from the top left. */
export interface Ring {
  /** Distance from the left edge. */
  x: number;
  /** Distance from the top edge. */
  y: number;
  /** Radius of the circle. */
  radius: number;
}

/** A row of a sheet. */
export interface SheetRow {
  /** Label to the left of the frames. */
  name: string;
  /** Text below the name. */
  note?: string;
  /** 8-bit RGB, one frame per column. */
  frames: readonly Uint8Array[];
  /** Circles on each frame. */
  rings?: readonly (readonly Ring[])[];
}

/** The content of a sheet. */
export interface Sheet {
  /** Title above the sheet. */
  title: string;
  /** Text below the title, wrapped. */
  subtitle: string;
  /** Width of the frames, pixels. */
  width: number;
  /** Height of the frames, pixels. */
  height: number;
  /** Column headings. */
  columns: readonly string[];
  /** From the top. */
  rows: readonly SheetRow[];
}

/** Pixels for names, between frames, and between rows. */
const LABEL = 142;
const GAP = 3;
const ROW_GAP = 8;
const NOTE_LINE = 14;

/**
 * A sheet as a JPEG file. Equal inputs give equal bytes.
 *
 * @throws {InputError} if there are no frames, or a row does not have one frame per column.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { frameSheet } from "./frame_sheet.ts";
 *
 * const frames = [40, 200].map((grey) => new Uint8Array(32 * 24 * 3).fill(grey));
 * const jpeg = await frameSheet({
 *   title: "Two frames", subtitle: "grey", width: 32, height: 24, columns: ["0 s", "1 s"],
 *   rows: [{ name: "correct", frames }],
 * });
 * assertEquals([...jpeg.subarray(0, 2)], [0xff, 0xd8]);
 * ```
 */
export async function frameSheet(sheet: Sheet): Promise<Uint8Array> {
  const { columns, rows, width, height } = sheet;
  const uneven = rows.find(({ frames }) => frames.length !== columns.length);
  if (uneven || rows.length === 0 || columns.length === 0) {
    throw new InputError(
      `Cannot make a sheet of frames: ${
        uneven ? `row ${uneven.name} has ${uneven.frames.length} frames` : `${rows.length} rows`
      }; expected one frame for each of ${columns.length} columns, and at least one`,
    );
  }
  const { frameDataUrl, sheetJpeg } = await loadSheet();
  const inner = WIDTH - 40 - LABEL;
  const across = (inner - GAP * (columns.length - 1)) / columns.length;
  const down = drawnHeight({ width, height }, across);
  const x = (column: number) => 20 + LABEL + column * (across + GAP);
  const parts = columns.map((name, i) =>
    text(x(i) + across / 2, 12, name, { size: SIZE.small, colour: MUTED, anchor: "middle" })
  );
  let y = 20;
  for (const row of rows) {
    const notes = wrap(row.note ?? "", LABEL - 16, SIZE.small, 7);
    const name = wrap(row.name, LABEL - 16, SIZE.text, 2);
    name.forEach((line, i) => parts.push(text(20, y + 12 + 16 * i, line, { weight: 600 })));
    notes.forEach((line, i) =>
      parts.push(
        text(20, y + 13 + 16 * name.length + NOTE_LINE * i, line, {
          size: SIZE.small,
          colour: MUTED,
        }),
      )
    );
    for (const [i, frame] of row.frames.entries()) {
      const address = await frameDataUrl(frame, width, height);
      parts.push(
        // Its own viewport, which clips rings at the frame's edge.
        `<svg x="${x(i)}" y="${y}" width="${across}" height="${down}" ` +
          `viewBox="0 0 ${width} ${height}" overflow="hidden">` +
          `<image width="${width}" height="${height}" href="${address}"/>` +
          `${(row.rings?.[i] ?? []).map(circle).join("")}</svg>`,
      );
    }
    const words = 20 + 16 * name.length + NOTE_LINE * notes.length;
    y += Math.max(down, words) + ROW_GAP;
  }
  const { title, subtitle } = sheet;
  return await sheetJpeg({ title, subtitle, parts, height: y - ROW_GAP, density: width / across });
}

/** Yellow on black, visible on light and dark backgrounds. */
function circle({ x, y, radius }: Ring): string {
  const at = `cx="${x}" cy="${y}" r="${radius}" fill="none"`;
  return `<circle ${at} stroke="#000000" stroke-opacity="0.7" stroke-width="2.6"/>` +
    `<circle ${at} stroke="#f0e442" stroke-width="1.3"/>`;
}
