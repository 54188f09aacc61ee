import sharp from "sharp";
import { assertInputError, assertNear, assertOk } from "../testing/assert.ts";
import { frameSheet } from "./frame_sheet.ts";

const grey = (level: number) => new Uint8Array(64 * 48 * 3).fill(level);
const sheet = {
  title: "Greys",
  subtitle: "from dark to light",
  width: 64,
  height: 48,
  columns: ["0 s", "1 s", "2 s"],
};

async function pixels(jpeg: Uint8Array) {
  const { data, info } = await sharp(jpeg).raw().toBuffer({ resolveWithObject: true });
  return {
    info,
    at: (x: number, y: number) => [...data.subarray((y * info.width + x) * 3).subarray(0, 3)],
  };
}

Deno.test("a sheet shows each frame in its place, and rings only where requested", async () => {
  const frames = [30, 120, 210].map(grey);
  const ring = [{ x: 32, y: 24, radius: 10 }];
  const { info, at } = await pixels(
    await frameSheet({
      ...sheet,
      rows: [{ name: "plain", frames }, { name: "ringed", frames, rings: [[], ring, []] }],
    }),
  );
  const across = (760 - 142 - 6) / 3;
  const height = across * 48 / 64;
  const bottom = info.height - 14;
  for (const [column, level] of [30, 120, 210].entries()) {
    const x = Math.round(162 + column * (across + 3) + across / 2);
    for (const row of [0, 1]) {
      const y = Math.round(bottom - height / 2 - (1 - row) * (height + 8));
      for (const channel of at(x, y)) assertNear(channel, level, 3);
      const onRing = at(Math.round(x + 10 * across / 64), y);
      const ringed = row === 1 && column === 1;
      assertOk(ringed === (onRing[0] - onRing[2] > 60), `${row} ${column}: ${onRing}`);
    }
  }
});

Deno.test("a sheet needs one frame per column", async () => {
  const rows = [{ name: "short", frames: [grey(1)] }];
  await assertInputError(() => frameSheet({ ...sheet, rows }), "row short has 1 frames", "3 col");
  await assertInputError(() => frameSheet({ ...sheet, rows: [] }), "0 rows");
});

Deno.test("a sheet of very tall or very wide frames is a picture of ordinary size", async () => {
  for (const [width, height] of [[1, 3000], [4112, 8]]) {
    const frames = [0, 1, 2].map(() => new Uint8Array(width * height * 3));
    const { info } = await pixels(
      await frameSheet({ ...sheet, width, height, rows: [{ name: "odd", frames }] }),
    );
    assertOk(info.width <= 2000 && info.height <= 2000, `${info.width}x${info.height}`);
  }
});
