import sharp from "sharp";
import { assertEquals, assertInputError, assertOk } from "../testing/assert.ts";
import { bundleOf, html, markdown } from "./bundle.ts";
import { displayOf } from "./figure.ts";

/** Two halves, so that its image has more than one colour. */
const half = (width: number, height: number, colour = "#00f") =>
  `<svg width="${width}" height="${height}"><rect width="50%" height="100%" fill="${colour}"/></svg>`;

/** Size, and the colours at the left and right edges on white, of a base64 image. */
async function seen(base64: string) {
  const image = sharp(Uint8Array.fromBase64(base64)).flatten({ background: "white" });
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
  const pixel = (x: number) => [...data.subarray(3 * x, 3 * x + 3)];
  return { size: [info.width, info.height], left: pixel(0), right: pixel(info.width - 1) };
}

Deno.test("a figure has a PNG at twice its resolution, displayed at the figure's size", async () => {
  const { data, metadata } = await displayOf(bundleOf(half(30, 20)));
  assertEquals(metadata, { "image/png": { width: 30, height: 20 } });
  assertOk(data["image/svg+xml"].includes("<rect") && data["text/plain"] === "Figure");
  const blue = [0, 0, 255];
  assertEquals(await seen(data["image/png"]), {
    size: [60, 40],
    left: blue,
    right: [255, 255, 255],
  });
  const again = await displayOf(bundleOf(half(30, 20)));
  assertEquals(again.data["image/png"], data["image/png"]);
});

Deno.test("SVGs within HTML become images, nested ones as part of the outer one", async () => {
  const nested = `<svg width="8" height="4" aria-label="a &lt; b">${half(2, 2, "#f00")}</svg>`;
  const { data } = await displayOf(html(`<p>a</p>${half(3, 2)}<b>b</b>${nested}<i>c</i>`, "abc"));
  const parts = data["text/html"].split(
    /<img (alt="[^"]*" width="\d+" height="\d+") src="[^"]*base64,([^"]*)">/,
  );
  const texts = parts.filter((_, i) => i % 3 !== 2);
  assertEquals(texts, [
    "<p>a</p>",
    'alt="Figure" width="3" height="2"',
    "<b>b</b>",
    'alt="Figure: a &lt; b" width="8" height="4"',
    "<i>c</i>",
  ]);
  assertEquals((await seen(parts[2])).left, [0, 0, 255]);
  assertEquals((await seen(parts[5])).left, [255, 0, 0]);
});

Deno.test("bundles without SVG, or with an image already, are displayed unchanged", async () => {
  const own = { ...bundleOf(half(3, 2)), "image/png": "iVBORw0=" };
  const bundles = [html("<b>x</b>"), markdown("*x*"), bundleOf([{ a: 1 }]), bundleOf("x"), own];
  for (const bundle of bundles) {
    assertEquals(await displayOf(bundle), { data: bundle, metadata: {} });
  }
});

Deno.test("an SVG that cannot be rendered is refused", async () => {
  await assertInputError(() => displayOf(bundleOf("<svg width='9'><br></svg>")), "'br' tag");
});
