import sharp from "sharp";
import { assertEquals, assertInputError, assertNear, assertOk } from "../testing/assert.ts";
import { type ClipsSideBySide, clipsSideBySide } from "./clips_side_by_side.ts";

const clip = (...levels: number[]) =>
  levels.map((level) => new Uint8Array(64 * 48 * 3).fill(level));

function sheet(prompts: ClipsSideBySide["prompts"]): ClipsSideBySide {
  return { title: "Greys", subtitle: "side by side", width: 64, height: 48, prompts };
}

const PROMPT = { heading: "dusk", prompt: "It gets dark." };

Deno.test("every frame is in its place: two clips per row, the third below the first", async () => {
  const clips = [
    { name: "a", frames: clip(30, 60) },
    { name: "b", frames: clip(90, 120) },
    { name: "c", frames: clip(150, 180) },
  ];
  const jpeg = await clipsSideBySide(sheet([{ ...PROMPT, clips }]));
  const { data, info } = await sharp(jpeg).raw().toBuffer({ resolveWithObject: true });
  assertEquals(info.width, 800);
  const across = (370 - 2) / 2;
  const down = across * 48 / 64;
  const lowest = info.height - 14 - down / 2;
  const middle = (column: number, line: number) => {
    const x = Math.round(
      20 + Math.floor(column / 2) * 390 + (column % 2) * (across + 2) + across / 2,
    );
    const y = Math.round(lowest - (1 - line) * (down + 21));
    return data[(y * info.width + x) * 3];
  };
  for (const [column, level] of [30, 60, 90, 120].entries()) {
    assertNear(middle(column, 0), level, 3, `column ${column}`);
  }
  for (const [column, level] of [150, 180, 255, 255].entries()) {
    assertNear(middle(column, 1), level, 3, `column ${column} below`);
  }
});

Deno.test("every prompt adds a block, output is deterministic, and names of any length fit", async () => {
  const clips = [{ name: "W".repeat(200), frames: clip(9, 9) }];
  const block = { heading: "h", prompt: "word ".repeat(400), clips };
  const heightOf = async (prompts: number) => {
    const made = await clipsSideBySide(sheet(Array(prompts).fill(block)));
    assertEquals(await clipsSideBySide(sheet(Array(prompts).fill(block))), made);
    return (await sharp(made).metadata()).height!;
  };
  const [one, two, three] = [await heightOf(1), await heightOf(2), await heightOf(3)];
  assertOk(two > one && Math.abs(three - two - (two - one)) <= 1, `${one} ${two} ${three}`);
});

Deno.test("clips that cannot be shown side by side are refused", async () => {
  await assertInputError(() => clipsSideBySide(sheet([])), "0 clips of 0 prompts");
  const clips = [{ name: "a", frames: clip(1) }, { name: "b", frames: clip(1, 2) }];
  await assertInputError(() => clipsSideBySide(sheet([{ ...PROMPT, clips }])), "1, 2 frames");
  const empty = [{ name: "a", frames: [] }];
  await assertInputError(
    () => clipsSideBySide(sheet([{ ...PROMPT, clips: empty }])),
    "with 0 frames",
  );
});
