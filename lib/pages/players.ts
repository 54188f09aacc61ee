/** Players for clips, side by side. */
import { join } from "node:path";
import { InputError } from "../errors.ts";
import type { Bundle } from "../jupyter/bundle.ts";
import { html } from "../jupyter/bundle.ts";
import { video } from "../jupyter/video.ts";
import { escapeMarkup } from "../markup.ts";
import type { Video } from "../video/types.ts";
import { lazy } from "../lazy.ts";

const loadEncode = lazy<typeof import("../video/encode.ts")>(
  new URL("../video/encode.ts", import.meta.url),
);

/** A clip to play: its file, or its frames. */
export interface PlayedClip {
  /** A path, or frames. */
  clip: string | Video;
  /** Text below the player. */
  caption: string;
}

/**
 * Players in a row, which wraps if the page is too narrow. A file that browsers cannot play, or
 * that is too large for a notebook, is replaced by a line of text.
 *
 * @param width Width of each player in pixels.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { players } from "./players.ts";
 *
 * const frames = [40, 200].map((grey) => new Uint8Array(64 * 48 * 3).fill(grey));
 * const clip = { width: 64, height: 48, fps: 2, frames };
 * const bundle = await players([{ clip, caption: "grey" }, { clip, caption: "the same" }]);
 * assertEquals(bundle["text/html"].split("<video").length, 3);
 * assertEquals(bundle["text/plain"], "Video: grey\nVideo: the same");
 * ```
 */
export async function players(
  clips: readonly PlayedClip[],
  width = 240,
): Promise<Bundle & { "text/html": string }> {
  const folder = await Deno.makeTempDir({ prefix: "players-" });
  try {
    const bundles: Bundle[] = [];
    for (const [i, { clip, caption }] of clips.entries()) {
      const path = typeof clip === "string" ? clip : join(folder, `${i}.mp4`);
      if (typeof clip !== "string") {
        const { encodeVideo } = await loadEncode();
        await encodeVideo(clip, path);
      }
      bundles.push(await playerOf(path, width, caption));
    }
    const row = bundles.map((bundle) => bundle["text/html"]).join("");
    const text = bundles.map((bundle) => bundle["text/plain"]).join("\n");
    const markup = `<div style="display: flex; flex-wrap: wrap">${row}</div>`;
    return { ...html(markup, text), "text/html": markup };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function playerOf(path: string, width: number, caption: string): Promise<Bundle> {
  try {
    return await video(path, { width, caption });
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const text = `${caption}: this file cannot be played in a notebook`;
    return html(`<p>${escapeMarkup(text)}</p>`, text);
  }
}
