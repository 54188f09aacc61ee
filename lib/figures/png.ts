/** PNGs of SVG figures, independent of installed fonts. */
import { Resvg } from "@resvg/resvg-js";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { InputError } from "../errors.ts";

/** Inter (SIL Open Font License 1.1), from a package with the TrueType files. */
const FONTS = [
  import.meta.resolve("@expo-google-fonts/inter/400Regular/Inter_400Regular.ttf"),
  import.meta.resolve("@expo-google-fonts/inter/600SemiBold/Inter_600SemiBold.ttf"),
];

/** Options of {@link renderPng}. */
export interface PngOptions {
  /** Image pixels per SVG pixel; 2 by default, for dense screens and print. */
  scale?: number;
}

/**
 * Renders an SVG as a PNG. Text is set in the packaged Inter font, never in a system font, so equal
 * SVGs give equal bytes everywhere. Throws {@link InputError} if `svg` is not SVG.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { renderPng } from "./png.ts";
 *
 * const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="3" height="2"></svg>`;
 * const png = renderPng(svg, { scale: 2 });
 * const view = new DataView(png.buffer, png.byteOffset);
 * assertEquals([view.getUint32(16), view.getUint32(20)], [6, 4]);
 * ```
 */
export function renderPng(svg: string, options: PngOptions = {}): Uint8Array {
  const { scale = 2 } = options;
  const fontFiles = FONTS.map(pathOf);
  let image;
  try {
    image = new Resvg(svg, {
      fitTo: { mode: "zoom", value: scale },
      font: { fontFiles, loadSystemFonts: false, defaultFontFamily: "Inter" },
    }).render();
  } catch (error) {
    throw new InputError(
      `Cannot draw a PNG: expected SVG text with a width and a height, found ${
        JSON.stringify(svg.slice(0, 40))
      } (${error instanceof Error ? error.message : error})`,
    );
  }
  return new Uint8Array(image.asPng());
}

/** A font's path. If another project links to this one, packages have URLs such as `npm:a@1/b`. */
function pathOf(address: string): string {
  const [, name, file] = /^npm:\/?(@[^/]+\/[^@]+)@[^/]+\/(.+)$/.exec(address) ?? [];
  if (name === undefined) return fileURLToPath(address);
  return createRequire(import.meta.url).resolve(`${name}/${file}`);
}
