import sharp from "sharp";
import { assertEquals, assertInputError, assertOk } from "../testing/assert.ts";
import { encodeVideo } from "../video/encode.ts";
import { video } from "./video.ts";

Deno.test("a video becomes a player that embeds the file, with frames as a fallback", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/a.mp4`;
  const frames = [0, 60, 120, 180].map((grey) => new Uint8Array(64 * 48 * 3).fill(grey));
  await encodeVideo({ width: 64, height: 48, fps: 8, frames }, path);
  const shown = await video(path, { width: 320, caption: "2 < 3" });
  const html = shown["text/html"];
  const source = html.match(/<video[^>]* src="data:video\/mp4;base64,([^"]*)"/)?.[1] ?? "";
  assertEquals(Uint8Array.fromBase64(source), await Deno.readFile(path));
  assertOk(html.includes('width="320"') && html.includes("<figcaption>2 &lt; 3</figcaption>"));
  assertEquals(shown["text/plain"], "Video: 2 < 3");

  const strip = shown["image/jpeg"];
  const still = `<img alt="Video: 2 &lt; 3" src="data:image/jpeg;base64,${strip}"></video>`;
  assertOk(html.includes(still));
  const { width, height } = await sharp(Uint8Array.fromBase64(strip)).metadata();
  assertEquals([width, height], [4 * 64 + 3 * 4, 48]);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a file that cannot be shown is refused with the reason", async () => {
  const folder = await Deno.makeTempDir();
  const bytes = new Uint8Array(1000);
  await Deno.writeFile(`${folder}/b.mp4`, bytes);
  bytes.set(new TextEncoder().encode("ftypisom"), 4);
  await Deno.writeFile(`${folder}/a.mp4`, bytes);
  await assertInputError(() => video(`${folder}/a.mp4`, { limit: 999 }), "1000 bytes", "999");
  await assertInputError(() => video(`${folder}/a.mp4`), `Cannot show video ${folder}/a.mp4: `);
  await assertInputError(() => video(`${folder}/b.mp4`), "neither MP4 nor WebM");
  await Deno.remove(folder, { recursive: true });
});
