import { checkName, nameKey } from "./names.ts";
import { runFolder } from "./paths.ts";
import { parseSpec } from "./registry.ts";
import { assertEquals, assertInputError, assertOk } from "./testing/assert.ts";

Deno.test("names: what is visible passes, whatever the script", () => {
  for (
    const name of ["größe 2", "甲", "乙", "Wan2.1 (14B)", "नमूना", "模型-β", "=sum", "a:b", "é"]
  ) {
    checkName(name, "model");
  }
  checkName("x".repeat(100), "model");
});

Deno.test("names: what cannot be seen, split or stored is refused in one line at every door", async () => {
  const refused: [string, string][] = [
    ["", "is empty"],
    [" \t", "is empty"],
    [".", "stands for a folder"],
    ["..", "stands for a folder"],
    ["a\nb", "control character"],
    ["a\u001b[31mb", "control character"],
    ["a\u0085b", "control character"],
    ["a\u2028b", "line break"],
    ["abc\u202edef", "direction"],
    ["\u200fabc", "direction"],
    ["a\u2066b", "direction"],
    ["a\u200bb", "invisible"],
    ["\ufeffa", "invisible"],
    ["a\u3164", "invisible"],
    ["a\ud800", "half a character"],
    ["a\u{10ffff}", "Unicode does not define"],
    [" a", "space"],
    ["a,b", "holds ,"],
    ["a/b", "holds /"],
    ["a\\b", "holds \\"],
    ["x".repeat(101), "has 101 characters"],
  ];
  for (const [name, why] of refused) {
    const message = await assertInputError(() => checkName(name, "model"), why);
    // Whatever it holds, the message is one line that a terminal shows as it is.
    assertOk(/^[\x20-\x7e…]+$/.test(message), JSON.stringify(message));
    if (name !== "" && !name.includes("/") && !name.includes("\\")) {
      await assertInputError(() => runFolder(name), why);
    }
    if (!/[=:]/.test(name) && name !== "") {
      await assertInputError(() => parseSpec(`${name}=folder:/clips`), why);
    }
  }
});

Deno.test("names: equal in case, composition or width are one name to a reader", () => {
  const same: [string, string][] = [
    ["Veo3", "veo3"],
    ["é", "e\u0301"],
    ["ＶＥＯ", "veo"],
    ["STRASSE", "straße"],
    ["ﬁne", "fine"],
  ];
  for (const [a, b] of same) assertEquals(nameKey(a), nameKey(b));
  for (const [a, b] of [["甲", "乙"], ["a-1", "a_1"], ["nano", "nan"]]) {
    assertOk(nameKey(a) !== nameKey(b));
  }
});

Deno.test("a run that is a path may be called as its owner likes, but visibly", async () => {
  assertEquals(runFolder("/data/runs/a,b "), "/data/runs/a,b ");
  await assertInputError(() => runFolder("/data/a\nb"), "/data/a\\nb", "control character");
});
