import { random } from "./random.ts";
import { assertEquals, assertInputError, assertOk } from "./testing/assert.ts";
import { parseCsv, writeCsv } from "./csv.ts";

const fields = (text: string) => parseCsv(text, "sheet.csv").map((record) => record.fields);

Deno.test("written rows read back, whatever they contain", () => {
  const uniform = random(1, "csv");
  const alphabet = [..."ab ,;\t\"'\n\rµ²–\uFEFF=", "\r\n", "😀"];
  const field = () =>
    "x" + Array.from(
      { length: Math.floor(6 * uniform()) },
      () => alphabet[Math.floor(alphabet.length * uniform())],
    ).join("");
  for (let trial = 0; trial < 200; trial++) {
    const rows = Array.from({ length: 4 }, () => Array.from({ length: 3 }, field));
    assertEquals(fields(writeCsv([["a", "b", "c"], ...rows])), [["a", "b", "c"], ...rows]);
  }
});

Deno.test("files of spreadsheet programs: byte-order mark, ; or tab, any line endings", () => {
  const rows = [["clip", "met", "note"], ["c1", "yes", "1,5; so"], ["c2", "", ""]];
  assertEquals(fields('\uFEFFclip;met;note\r\nc1;yes;"1,5; so"\r\nc2;;\r\n'), rows);
  assertEquals(fields('clip\tmet\tnote\nc1\tyes\t"1,5; so"\nc2\t\t'), rows);
  assertEquals(fields('"clip","met","note"\rc1,yes,"1,5; so"\rc2,,'), rows);
});

Deno.test("empty lines are skipped, and lines are counted as in an editor", () => {
  const text = 'a,b\n\n"two\nlines",1\n,\nlast,2';
  assertEquals(parseCsv(text, "sheet.csv").map(({ line }) => line), [1, 3, 6]);
  assertEquals(parseCsv("", "sheet.csv"), []);
});

Deno.test("broken quotes are errors that name file and line", async () => {
  await assertInputError(() => parseCsv('a,b\n1,"2\n3', "sheet.csv"), "sheet.csv", "line 2");
  await assertInputError(() => parseCsv('a,b\n1,2"3', "sheet.csv"), "line 2", "inside");
  await assertInputError(() => parseCsv('a,b\n"1"2,3', "sheet.csv"), "line 2", "after");
});

Deno.test("cells that a spreadsheet would run as formulas are inert, and read back unchanged", () => {
  const formulas = [
    ...[
      "=1+1",
      "+1",
      "-1",
      "@SUM(A1)",
      "\t=1",
      "\r=1",
      "\n=1",
      " =1",
      "\u00a0=1",
      "\u200b=1",
      "\ufeff@x",
    ],
    ...[
      "＝1+1",
      "＋1",
      "－1",
      "＠x",
      "−2 µm",
      '=HYPERLINK("http://x","y")',
      "'=1",
      "''-1",
      "=a;b",
      "-",
    ],
  ];
  const plain = ["", "a=b", "'quoted'", "'", "it's", "5 - 3", "1", "µ", "'a"];
  const text = writeCsv([formulas, plain]);
  const [first, second] = parseCsv(text, "sheet.csv");
  assertEquals([first.fields, second.fields], [formulas, plain]);
  // As a spreadsheet has the cells: what is within the quotes of the format.
  const cells = parseCsv(text.replaceAll("'", "\u2603"), "sheet.csv")[0].fields;
  for (const cell of cells) assertOk(cell.startsWith("\u2603"), JSON.stringify(cell));
  // A program may save a cell without the quote, or with another separator.
  assertEquals(parseCsv("a;b\n=1;'=2\n", "x.csv")[1].fields, ["=1", "=2"]);
});

Deno.test("formulas after what other countries' programs take for a separator are inert, too", () => {
  const cells = ["Sharp;=1+1;x", "a;\t\n =1", "x\n@SUM(A1)", "a\t'+1", "\v=1", "b; c = 1", ";'=1"];
  const text = writeCsv([["a", "b"], ...cells.map((cell) => ["1", cell])]);
  assertEquals(parseCsv(text, "x.csv").slice(1).map(({ fields }) => fields[1]), cells);
  for (const begun of text.slice(1).split(/[;\t\r\n]/)) {
    assertOk(!/^[\p{Z}\p{C}]*[=+@]/u.test(begun), JSON.stringify(begun));
  }
});
