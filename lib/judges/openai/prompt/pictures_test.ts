import sharp from "sharp";
import { Buffer } from "node:buffer";
import { assertEquals, assertInputError, assertNear, assertOk } from "../../../testing/assert.ts";
import { samplePositions } from "../../../video/sample.ts";
import {
  framesShown,
  loweredTo,
  pictured,
  PICTURES,
  pictureSize,
  pictureSteps,
  RELEASED_PICTURES,
} from "./pictures.ts";
import type { PictureSettings } from "../../judge.ts";
import { clip } from "../../../testing/openai/asking.ts";

const bytesOf = (url: string) => Buffer.from(url.split(",")[1], "base64");

Deno.test("pictures show the frames at the requested size and quality", async () => {
  const video = clip(3);
  const settings: PictureSettings = { ...PICTURES, quality: 95, longest_side: 48 };
  for (const longest_side of [null, 48, 500]) {
    const asked = { ...settings, longest_side };
    const urls = await pictured(video, 3, true).urls(asked);
    assertEquals(urls.length, 3);
    const { data, info } = await sharp(bytesOf(urls[1])).raw().toBuffer({
      resolveWithObject: true,
    });
    const expected = longest_side === 48 ? { width: 48, height: 32 } : { width: 96, height: 64 };
    assertEquals(pictureSize(video, asked), expected);
    assertEquals([info.width, info.height], [expected.width, expected.height]);
    if (longest_side === 48) continue;
    const error = data.reduce((sum, value, i) => sum + Math.abs(value - video.frames[1][i]), 0);
    assertNear(error / data.length, 0, 2, "mean error of a picture");
  }
  const small = await pictured(video, 3, true).urls({ ...PICTURES, quality: 20 });
  const large = await pictured(video, 3, true).urls(PICTURES);
  assertOk(small[0].length < large[0].length);
});

Deno.test("a picture is made only once", async () => {
  const video = clip(2);
  const shown = pictured(video, 2, true);
  const [a, b] = await Promise.all([shown.urls(PICTURES), shown.urls(PICTURES)]);
  assertEquals(a, b);
  const { hash } = shown;
  // Made again, it would show that the frame has changed since.
  video.frames[0].fill(0);
  assertEquals((await shown.urls(PICTURES))[0], a[0]);
  assertEquals(shown.hash, hash);
  const again = pictured(video, 2, true);
  assertOk(again.hash !== hash);
  assertOk((await again.urls(PICTURES))[0] !== a[0]);
  assertOk((await shown.urls({ ...PICTURES, quality: 50 }))[0] !== a[0]);
});

Deno.test("steps decrease in size, or in quality as released, and describe themselves", () => {
  const size = { width: 832, height: 480 };
  const steps = pictureSteps(PICTURES, size, "sizes");
  assertEquals(steps.map((step) => step.longest_side), [768, 512, 384, 256, 192, 128]);
  assertEquals(loweredTo(steps[0], steps[2]), "pictures lowered to 384 px");
  const whole = pictureSteps(
    { ...PICTURES, longest_side: null },
    { width: 300, height: 400 },
    "sizes",
  );
  assertEquals(whole.map((step) => step.longest_side), [null, 384, 256, 192, 128]);
  const released = pictureSteps(RELEASED_PICTURES, size, "as-released");
  assertEquals(released.map((step) => [step.longest_side, step.quality]), [
    [null, 100],
    [null, 30],
    [null, 20],
    [null, 10],
  ]);
  assertEquals(loweredTo(released[0], released[1]), "pictures lowered to JPEG quality 30");
});

Deno.test("a whole clip is sampled at the released positions; a sample is used unchanged", () => {
  const video = clip(24);
  const shown = framesShown(video, 8, false);
  assertEquals(shown.positions, samplePositions(24, 8));
  assertEquals(shown.frames, shown.positions.map((position) => video.frames[position]));
  assertEquals([shown.total, shown.fps], [24, 12]);
  const sample = { ...video, frames: video.frames.slice(0, 3), positions: [4, 4, 20], total: 24 };
  assertEquals(framesShown(sample, 8, true).positions, [4, 4, 20]);
  const distinct = framesShown(sample, 8, false);
  assertEquals([distinct.positions, distinct.frames], [[4, 20], [
    sample.frames[0],
    sample.frames[2],
  ]]);
});

Deno.test("settings out of range are refused", async () => {
  const make = (settings: Partial<PictureSettings>) => async () =>
    await pictured(clip(1), 8, true).urls({ ...PICTURES, ...settings });
  await assertInputError(make({ quality: 0 }), "quality is 0");
  await assertInputError(make({ longest_side: 8 }), "8 px");
});
