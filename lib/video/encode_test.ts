import { assertEquals, assertInputError, assertNear, assertOk } from "../testing/assert.ts";
import { inFolder } from "../testing/folder.ts";
import { decodeVideo } from "./decode.ts";
import { encodeVideo, writeVideo } from "./encode.ts";
import { FORMATS, movingDisc, psnr } from "../testing/video.ts";

/** Lowest PSNR in dB: chroma at half resolution for most, 256 fixed colours for GIF. */
const CLOSE: Record<string, number> = { "palette.gif": 21 };

for (const [name, format] of Object.entries(FORMATS)) {
  Deno.test(`${name}: a written clip reads back frame for frame`, () =>
    inFolder(async (folder) => {
      for (const frames of [1, 2, 23]) {
        const video = movingDisc(frames, 64, 48, 12.5);
        const path = `${folder}/${frames}-${name}`;
        await writeVideo(video, path, format);
        const back = await decodeVideo(path);
        assertEquals([back.frames.length, back.width, back.height], [frames, 64, 48]);
        // GIF stores time in hundredths of a second, WebM and Matroska in thousandths.
        if (frames > 1) assertNear(back.fps, 12.5, 0.01, "frames per second");
        const found = psnr(video, back);
        assertOk(found > (CLOSE[name] ?? 33), `${frames} frames: PSNR ${found} dB`);
      }
    }));
}

Deno.test("an mp4 preserves colours: at least 38 dB at crf 12, and less as crf grows", () =>
  inFolder(async (folder) => {
    const video = movingDisc(16, 96, 80, 16);
    const ratios = [];
    for (const crf of [12, 24, 40]) {
      await encodeVideo(video, `${folder}/${crf}.mp4`, { crf });
      ratios.push(psnr(video, await decodeVideo(`${folder}/${crf}.mp4`)));
    }
    assertOk(ratios[0] > 38, `PSNR ${ratios[0]} dB`);
    assertOk(ratios[0] > ratios[1] && ratios[1] > ratios[2], `PSNR ${ratios} dB`);
  }));

Deno.test("equal videos give equal bytes, with the index first and no leftover", () =>
  inFolder(async (folder) => {
    const video = movingDisc(40);
    await encodeVideo(video, `${folder}/a.mp4`);
    await encodeVideo(video, `${folder}/b.mp4`);
    const [a, b] = await Promise.all(["a", "b"].map((n) => Deno.readFile(`${folder}/${n}.mp4`)));
    assertEquals(a, b);
    const text = new TextDecoder("latin1").decode(a);
    assertOk(text.indexOf("moov") > 0 && text.indexOf("moov") < text.indexOf("mdat"));
    assertEquals([...Deno.readDirSync(folder)].map((entry) => entry.name).sort(), [
      "a.mp4",
      "b.mp4",
    ]);
  }));

for (const fps of [8, 24000 / 1001, 29.97, 12.5, 1 / 3]) {
  Deno.test(`a rate of ${fps} frames per second is preserved`, () =>
    inFolder(async (folder) => {
      await encodeVideo(movingDisc(9, 32, 32, fps), `${folder}/a.mp4`);
      assertNear((await decodeVideo(`${folder}/a.mp4`)).fps, fps, 1e-6 * fps);
    }));
}

Deno.test("invalid input is refused, and an existing file is left unchanged", () =>
  inFolder(async (folder) => {
    const path = `${folder}/a.mp4`;
    const video = movingDisc(3);
    await encodeVideo(video, path);
    const before = await Deno.readFile(path);
    const refused = (change: Partial<typeof video>, ...parts: string[]) =>
      assertInputError(() => encodeVideo({ ...video, ...change }, path), path, ...parts);
    await refused({ frames: [] }, "no frames");
    await refused({ fps: 0 }, "0 frames per second");
    await refused({ fps: NaN }, "NaN frames per second");
    await refused({ width: 63 }, "63×48", "even");
    await refused({ frames: [...video.frames, new Uint8Array(7)] }, "frame 3 has 7 bytes", "9216");
    await assertInputError(() => encodeVideo(video, path, { crf: 70 }), "crf is 70", "0 to 51");
    await assertInputError(() => encodeVideo(video, `${folder}/none/a.mp4`), "none/a.mp4");
    assertEquals(await Deno.readFile(path), before);
    assertEquals([...Deno.readDirSync(folder)].length, 1);
  }));
