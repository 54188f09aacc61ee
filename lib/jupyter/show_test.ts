import { assertEquals, assertInputError, assertOk } from "../testing/assert.ts";
import { bundleOf, html } from "./bundle.ts";
import { htmlTable, textTable } from "./table.ts";

Deno.test("drawings are shown as self-contained SVG, and those with surrounding markup as HTML", () => {
  const named = 'xmlns="http://www.w3.org/2000/svg"';
  assertEquals(bundleOf({ outerHTML: "<svg></svg>" })["image/svg+xml"], `<svg ${named}></svg>`);
  const figure = "<figure><h2>Scores &amp; more</h2><svg></svg></figure>";
  assertEquals(bundleOf({ outerHTML: figure })["text/html"], figure);
  assertEquals(bundleOf('<?xml version="1.0"?>\n<svg/>')["image/svg+xml"], undefined);
  assertEquals(
    bundleOf('<?xml version="1.0"?>\n<svg width="1"/>')["image/svg+xml"],
    `<?xml version="1.0"?>\n<svg ${named} width="1"/>`,
  );
  const within = `<svg ${named} width="9"><svg width="1"></svg></svg>`;
  assertEquals(bundleOf(within)["image/svg+xml"], within);
});

Deno.test("a figure's title or label is its text alternative", () => {
  const text = (svg: string) => bundleOf(svg)["text/plain"];
  assertEquals(
    text('<svg role="img" aria-label="Scores. n = 12"><g/></svg>'),
    "Figure: Scores. n = 12",
  );
  assertEquals(
    text("<svg><title>nano&#39;s &amp; p &lt; 1</title></svg>"),
    "Figure: nano's & p < 1",
  );
  assertEquals(text('<svg><g aria-label="dots"/></svg>'), "Figure");
  assertEquals(html("<b>a &lt; b</b>")["text/plain"], "a < b");
});

Deno.test("images are recognised by their first bytes; others are refused", async () => {
  const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 1]);
  assertEquals(bundleOf(png), { "image/png": "iVBORwE=", "text/plain": "Image (PNG)" });
  assertOk("image/jpeg" in bundleOf(new Uint8Array([0xff, 0xd8, 0xff, 0xe0])));
  await assertInputError(() => bundleOf(new Uint8Array([1, 2])), "2 bytes", "neither PNG nor JPEG");
});

Deno.test("a bundle is shown unchanged", () => {
  assertEquals(bundleOf(html("<b>x</b>", "ex")), { "text/html": "<b>x</b>", "text/plain": "ex" });
});

Deno.test("tables escape text, align columns, count omitted rows, and show missing values as dashes", () => {
  const rows = [
    { model: "<script>", score: 1 / 3, n: 12345.678 },
    { model: null, score: Number.NaN, n: 3, note: { a: 1 } },
    { model: "c", score: 0, n: 1n },
  ];
  assertEquals(
    textTable(rows, { limit: 2, caption: "Scores" }),
    [
      "Scores",
      "model      score        n  note",
      "<script>  0.3333  12345.7  –",
      '–            NaN        3  {"a":1}',
      "… 1 more of 3 rows",
    ].join("\n"),
  );
  const markup = htmlTable(rows, { limit: 2, caption: "a & b" });
  assertOk(!markup.includes("<script>") && markup.includes("&lt;script&gt;"));
  assertOk(markup.includes("<caption>a &amp; b</caption>"));
  assertOk(markup.includes('<td style="text-align: right">0.3333</td>'));
  const gaps = htmlTable([{ a: null, b: 1 }, { a: "x", b: null }]);
  for (const [side, column] of [["left", "a"], ["right", "b"]]) {
    assertOk(gaps.includes(`<th style="text-align: ${side}">${column}</th>`));
    assertOk(gaps.includes(`<td style="text-align: ${side}">–</td>`));
  }
  assertEquals(markup.match(/<tr>/g)?.length, 3);
  assertEquals(textTable([]), "");
});
