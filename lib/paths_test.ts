import { fileName, runPaths } from "./paths.ts";
import { parseSpec } from "./registry.ts";
import { assertEquals, assertInputError, assertOk } from "./testing/assert.ts";

Deno.test("plain labels name their folders as they are", () => {
  const plain = ["nano", "s-base", "l-base", "simulator", "violator", "m_1", "wan2.1-t2v", "0"];
  assertEquals(plain.map(fileName), plain);
});

Deno.test("no two labels share a folder, also where case and composition do not count", () => {
  const labels = [
    ...["甲", "乙", "\u{1f600}", "\u{1f601}", "שלום", "\u202eabc", "-rf", "é", "e\u0301"],
    // Names in tables that no door would let in today.
    ...["", ".", "..", "a\u0001b", "a\u0002b", "\ud800", "\ud801", "\ufffd", "x\n", "x\u001b[31m"],
    ...["ä", "ö", "a\u0308", "m 1", "m_1", "m__1", "M_1", "m:1", "a", "A", "_", "模型", "模板"],
    ...["con", "CON", "nul.mp4", "com1", "dots.", "dots", "dots..", " x", "x", "x ", ".x", "..."],
    ...["a".repeat(300), `${"a".repeat(300)}b`, fileName("ä"), fileName("M_1")],
  ];
  const names = labels.map(fileName);
  const alike = names.map((name) => name.normalize("NFC").toLowerCase().replace(/[. ]+$/, ""));
  assertEquals(new Set(alike).size, labels.length);
  for (const name of names) {
    assertOk(/^[a-z0-9._~][a-z0-9._~-]{0,99}$/.test(name) && !/^\.|\.$/.test(name), name);
    assertOk(!/^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/.test(name), name);
  }
});

Deno.test("labels that cannot be seen are refused, and none leaves the folder of clips", async () => {
  const { clip } = runPaths("run");
  for (const label of ["", ".", "..", " ", " .. ", "a\nb", "a\0", "\x7f", "\ud800"]) {
    assertEquals(clip(label, 1, 0).split("/").length, 3);
    await assertInputError(() => parseSpec(`${label}=nano`), "Cannot");
  }
  assertEquals(clip("../../up", 1, 0).split("/").length, 3);
});
