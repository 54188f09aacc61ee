import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { InputError } from "../errors.ts";
import { assertEquals, assertInputError, assertOk } from "../testing/assert.ts";
import { inFolder } from "../testing/folder.ts";
import { decodeFrames, decodeVideo } from "./decode.ts";
import { writeVideo } from "./encode.ts";
import { FORMATS, movingDisc, psnr, writeSilence } from "../testing/video.ts";
import { sampleFrames } from "./sample.ts";

/** Where a file is cut: in its first bytes, at twenty places along it, and in its last bytes. */
function cuts(size: number): number[] {
  const along = Array.from({ length: 20 }, (_, i) => Math.floor(size * (i + 0.5) / 20));
  return [1, 4, 8, 13, 40, ...along, size - 9, size - 8, size - 4, size - 2, size - 1]
    .filter((at) => at > 0 && at < size);
}

for (const [name, format] of Object.entries(FORMATS)) {
  Deno.test(`${name} truncated anywhere is an error that names it, never a clip`, () =>
    inFolder(async (folder) => {
      const whole = `${folder}/whole-${name}`;
      const path = `${folder}/cut-${name}`;
      await writeVideo(movingDisc(23), whole, format);
      const bytes = await Deno.readFile(whole);
      for (const at of cuts(bytes.length)) {
        await Deno.writeFile(path, bytes.subarray(0, at));
        await assertInputError(() => sampleFrames(path), path, "Cannot read clip");
      }
    }));
}

Deno.test("an mp4 truncated at a box boundary, where sizes still add up, is an error", () =>
  inFolder(async (folder) => {
    for (const name of ["h264.mp4", "h264-index-first.mp4", "h264-fragmented.mp4"]) {
      const path = `${folder}/${name}`;
      await writeVideo(movingDisc(23), path, FORMATS[name]);
      const bytes = await Deno.readFile(path);
      const view = new DataView(bytes.buffer);
      let boxes = 0;
      for (let at = view.getUint32(0); at < bytes.length; at += view.getUint32(at)) {
        await Deno.writeFile(path, bytes.subarray(0, at));
        await assertInputError(() => decodeVideo(path), path);
        boxes++;
      }
      assertOk(boxes >= 2, `${name} has ${boxes} boxes`);
    }
  }));

/** Overwrites a 32-bit number at `offset` bytes after the first `mark`. */
async function patch(path: string, mark: string, offset: number, value: number, little = false) {
  const bytes = await Deno.readFile(path);
  const at = new TextDecoder("latin1").decode(bytes).indexOf(mark);
  assertOk(at >= 0, `no ${mark} in ${path}`);
  new DataView(bytes.buffer).setUint32(at + offset, value, little);
  await Deno.writeFile(path, bytes);
}

Deno.test("fewer frames than declared is an error that states both", () =>
  inFolder(async (folder) => {
    const avi = `${folder}/a.avi`;
    await writeVideo(movingDisc(23), avi, FORMATS["mpeg4.avi"]);
    // AVISTREAMHEADER.dwLength: 8 bytes of chunk header and 32 of fields after "strh".
    await patch(avi, "strh", 40, 31, true);
    await assertInputError(() => sampleFrames(avi), avi, "declares 31 frames", "23 were found");
    // stsz: version and flags, then the common size (0), then the count.
    const mp4 = `${folder}/a.mp4`;
    await writeVideo(movingDisc(23), mp4, FORMATS["h264.mp4"]);
    await patch(mp4, "stsz", 12, 31);
    await assertInputError(() => sampleFrames(mp4), mp4, "sizes of 31", "times of 23");
    // stts: version and flags, the number of entries (1), then the first entry's count.
    await patch(mp4, "stts", 12, 31);
    await assertInputError(() => sampleFrames(mp4), mp4, "declares 31 frames", "23 were found");
  }));

Deno.test("damage inside pictures is an error that says where", () =>
  inFolder(async (folder) => {
    for (const name of ["h264.mp4", "h264.mkv", "mpeg4.avi"]) {
      const path = `${folder}/${name}`;
      await writeVideo(movingDisc(60, 128, 96), path, FORMATS[name]);
      const bytes = await Deno.readFile(path);
      for (const part of [0.3, 0.5, 0.7]) {
        const damaged = bytes.slice();
        const at = Math.floor(bytes.length * part);
        for (let k = at; k < at + 400; k++) damaged[k] = (k * 89) & 0xff;
        await Deno.writeFile(path, damaged);
        await assertInputError(() => decodeVideo(path), path);
      }
    }
  }));

Deno.test("a run of zeros never yields a clip with fewer frames", () =>
  inFolder(async (folder) => {
    for (const [name, format] of Object.entries(FORMATS)) {
      const path = `${folder}/${name}`;
      await writeVideo(movingDisc(40, 128, 96), path, format);
      const bytes = await Deno.readFile(path);
      for (let part = 0.05; part < 1; part += 0.1) {
        const at = Math.floor(bytes.length * part);
        await Deno.writeFile(path, bytes.slice().fill(0, at, at + 1500));
        // Inside a VP8 or VP9 picture, any bytes decode to something; the count must still be
        // right.
        const total = await sampleFrames(path).then((sample) => sample.total, (error) => {
          assertOk(error instanceof InputError, String(error));
          return 40;
        });
        assertEquals(total, 40, `${name} with zeros from byte ${at}`);
      }
    }
  }));

Deno.test("an edit list that trims the clip is applied, not mistaken for a loss", () =>
  inFolder(async (folder) => {
    const path = `${folder}/a.mp4`;
    await writeVideo(movingDisc(23), path, FORMATS["h264.mp4"]);
    const whole = await decodeVideo(path);
    // elst: version and flags, entries (1), then the duration in milliseconds: 1.2 s at 10 per
    // second.
    await patch(path, "elst", 12, 1200);
    const trimmed = await decodeVideo(path);
    assertEquals(trimmed.frames, whole.frames.slice(0, 12));
  }));

Deno.test("a file that is not a clip is an error that says what was found", () =>
  inFolder(async (folder) => {
    const refused = async (name: string, content: Uint8Array | string, ...parts: string[]) => {
      const path = `${folder}/${name}`;
      const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
      await Deno.writeFile(path, bytes);
      await assertInputError(() => decodeVideo(path), path, ...parts);
      await assertInputError(() => sampleFrames(path), path, ...parts);
    };
    await refused("empty.mp4", "", "the file is empty");
    await refused("text.mp4", "no clip, only words\n", "no clip, onl", "expected mp4, mov");
    await refused("playlist.mp4", "#EXTM3U\n#EXTINF:1,\nother.ts\n", "#EXTM3U");
    await refused("letters.mp4", "....ftypnot really boxes", "not whole");
    const head = [0x47, 0x49, 0x46, 0x38, 0x39, 0x61, 8, 0, 8, 0, 0, 0, 0];
    await refused("no-frames.gif", Uint8Array.from([...head, 0x3b]));
    await assertInputError(() => decodeVideo(`${folder}/absent.mp4`), "absent.mp4");
    await assertInputError(() => decodeVideo(folder), folder, "not a file");
  }));

Deno.test("a file with only sound is an error", () =>
  inFolder(async (folder) => {
    for (const muxer of ["mov", "matroska", "avi"]) {
      const path = `${folder}/silence.${muxer}`;
      await writeSilence(path, muxer);
      await assertInputError(() => sampleFrames(path), path, "no video stream");
    }
  }));

Deno.test("the container is detected from the content, whatever the file's name", () =>
  inFolder(async (folder) => {
    const path = `${folder}/19.avi`;
    await writeVideo(movingDisc(5), path, FORMATS["vp9.webm"]);
    assertEquals((await decodeVideo(path)).frames.length, 5);
  }));

Deno.test("rows of odd width have no padding", () =>
  inFolder(async (folder) => {
    for (const name of ["palette.gif", "mjpeg.avi", "vp9.webm"]) {
      const video = movingDisc(4, 61, 47);
      await writeVideo(video, `${folder}/${name}`, FORMATS[name]);
      const back = await decodeVideo(`${folder}/${name}`);
      assertEquals([back.width, back.height, back.frames[0].length], [61, 47, 61 * 47 * 3]);
      const found = psnr(video, back);
      assertOk(found > 20, `${name}: PSNR ${found} dB`);
    }
  }));

/** This process's open files under a folder, on Linux; concurrent tests open files too. */
function openFilesUnder(folder: string): string[] {
  if (Deno.build.os !== "linux") return [];
  const target = ({ name }: Deno.DirEntry) => {
    try {
      return Deno.readLinkSync(`/proc/self/fd/${name}`);
    } catch (error) {
      // Closed since it was listed.
      if (error instanceof Deno.errors.NotFound) return "";
      throw error;
    }
  };
  const real = Deno.realPathSync(folder);
  return [...Deno.readDirSync("/proc/self/fd")].map(target)
    .filter((path) => path.startsWith(`${real}/`));
}

Deno.test("frames arrive one by one in order, and files are closed however reading ends", () =>
  inFolder(async (folder) => {
    const path = `${folder}/a.mp4`;
    await writeVideo(movingDisc(23), path, FORMATS["h264.mp4"]);
    await Deno.writeFile(`${folder}/cut.mp4`, (await Deno.readFile(path)).subarray(0, 3000));
    const indices = await Array.fromAsync(decodeFrames(path), (frame) => frame.index);
    assertEquals(indices, Array.from({ length: 23 }, (_, i) => i));
    for (let k = 0; k < 20; k++) {
      await sampleFrames(path);
      await assertInputError(() => sampleFrames(`${folder}/cut.mp4`));
      for await (const frame of decodeFrames(path)) {
        if (frame.index < 2) continue;
        if (Deno.build.os === "linux") assertEquals(openFilesUnder(folder).length, 1);
        break;
      }
    }
    assertEquals(openFilesUnder(folder), []);
  }));

const CLIPS = fileURLToPath(new URL("../../../shared/clips/", import.meta.url));
const REAL = [
  ["bulk_water/bulk-water.mov", 480, 640, 424, 24000 / 1001],
  ["mesentery_platelets/mesentery.mp4", 20, 270, 130, 8],
  ["yeast_microcolony/xy0001.mp4", 10, 850, 720, 4],
] as const;
const present = existsSync(CLIPS);
if (!present) console.warn(`SKIPPED: the real clips are not at ${CLIPS}`);

for (const [file, frames, width, height, fps] of REAL) {
  Deno.test({
    name: `${file} decodes to its ${frames} frames`,
    ignore: !present,
    fn: async () => {
      const sample = await sampleFrames(CLIPS + file);
      assertEquals([sample.total, sample.width, sample.height], [frames, width, height]);
      assertEquals(sample.fps, fps);
      assertOk(sample.frames.every((frame) => new Set(frame).size > 16), "pictures are not flat");
    },
  });
}
