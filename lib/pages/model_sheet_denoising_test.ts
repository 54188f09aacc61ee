import sharp from "sharp";
import { assertEquals, assertNear } from "../testing/assert.ts";
import { denoisingSheet } from "./model_sheet_denoising.ts";

Deno.test("a sheet has a row for each preview and one for the clip, from top to bottom", async () => {
  const clip = (level: number) =>
    Array.from({ length: 9 }, () => new Uint8Array(64 * 64 * 3).fill(level));
  const jpeg = await denoisingSheet(
    {
      previews: [
        { step: 0, time: 1, frames: clip(40) },
        { step: 1, time: 1, frames: clip(90) },
        { step: 3, time: 0.5, frames: clip(140) },
      ],
      steps: 3,
      video: { width: 64, height: 64, fps: 4, frames: clip(190) },
    },
    "It gets brighter.",
    3,
  );
  const { data, info } = await sharp(jpeg).raw().toBuffer({ resolveWithObject: true });
  assertEquals(info.width, 800);
  const across = (760 - 142 - 6) / 3;
  for (const [line, level] of [40, 90, 140, 190].entries()) {
    const y = Math.round(info.height - 14 - across / 2 - (3 - line) * (across + 8));
    const x = Math.round(162 + across / 2);
    assertNear(data[(y * info.width + x) * 3], level, 3, `row ${line}`);
  }
});
