import sharp from "sharp";
import { WORLDS } from "../worlds/all.ts";
import { assertEquals, assertOk } from "../testing/assert.ts";
import { truthSheet, worldSheet } from "./world_sheet.ts";

Deno.test("every world has a sheet with a row for each violation, and equal bytes every time", async () => {
  for (const world of WORLDS) {
    const jpeg = await worldSheet(world, { columns: 3 });
    if (world === WORLDS[0]) assertEquals(await worldSheet(world, { columns: 3 }), jpeg);
    const { height = 0, width = 0 } = await sharp(jpeg).metadata();
    const square = ((760 - 142 - 6) / 3) * width / 800;
    assertOk(height > square * (1 + world.violations.length), world.name);
    const truth = await truthSheet(world.simulate({}, { seed: 0 }), "truth", 3);
    assertOk(truth.length > 10_000);
  }
});
