/** PNGs of figures for front ends that refuse SVG, as JupyterLab does in untrusted notebooks. */
import { type Bundle, withNamespace, wordsOf } from "./bundle.ts";
import { lazy } from "../lazy.ts";
import { escapeMarkup } from "../markup.ts";

const loadPng = lazy<typeof import("../figures/png.ts")>(
  new URL("../figures/png.ts", import.meta.url),
);

const loadImage = lazy<typeof import("../video/image.ts")>(
  new URL("../video/image.ts", import.meta.url),
);

/** Display data of a kernel. */
export interface Display {
  data: Bundle;
  /** By media type, such as an image's size in CSS pixels. */
  metadata: Record<string, { width: number; height: number }>;
}

/** Image pixels per CSS pixel, for dense screens. */
const SCALE = 2;

/**
 * Adds PNGs to a bundle with SVGs: one next to `image/svg+xml`, displayed at the same size, and one
 * in place of every SVG within `text/html`. Throws InputError for an SVG that cannot be rendered.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { bundleOf } from "./bundle.ts";
 * import { displayOf } from "./figure.ts";
 *
 * const { data, metadata } = await displayOf(bundleOf('<svg width="30" height="20"></svg>'));
 * assertEquals(Object.keys(data), ["image/svg+xml", "text/plain", "image/png"]);
 * assertEquals(metadata, { "image/png": { width: 30, height: 20 } });
 * ```
 */
export async function displayOf(data: Bundle): Promise<Display> {
  const { "image/svg+xml": svg, "image/png": png, "text/html": html } = data;
  if (svg !== undefined && png === undefined) {
    const { base64, ...size } = await draw(svg);
    return { data: { ...data, "image/png": base64 }, metadata: { "image/png": size } };
  }
  if (html?.includes("<svg")) {
    return { data: { ...data, "text/html": await withImages(html) }, metadata: {} };
  }
  return { data, metadata: {} };
}

/** Replaces the outermost SVGs of HTML by images. */
async function withImages(html: string): Promise<string> {
  let [made, from, depth] = ["", 0, 0];
  for (const { 0: tag, index } of html.matchAll(/<svg\b[^>]*>|<\/svg>/g)) {
    if (tag !== "</svg>") {
      if (depth++ > 0) continue;
      made += html.slice(from, index);
      from = index;
    } else if (--depth === 0) {
      const end = index + tag.length;
      const svg = html.slice(from, end);
      const { base64, width, height } = await draw(withNamespace(svg));
      const words = `alt="${escapeMarkup(wordsOf(svg))}"`;
      const source = `src="data:image/png;base64,${base64}"`;
      made += `<img ${words} width="${width}" height="${height}" ${source}>`;
      from = end;
    }
  }
  return made + html.slice(from);
}

async function draw(svg: string) {
  const [{ renderPng }, { toPalette }] = await Promise.all([loadPng(), loadImage()]);
  // Notebooks are kept in git with their figures.
  const { png, ...size } = await toPalette(renderPng(svg, { scale: SCALE }));
  const [width, height] = [size.width, size.height].map((pixels) => Math.round(pixels / SCALE));
  return { base64: png.toBase64(), width, height };
}
