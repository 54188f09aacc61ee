import { type ImportKind, importsOf } from "./source_imports.ts";
import { assertEquals } from "./testing/assert.ts";

/** Code, and its expected references as `kind specifier`. */
function assertImports(text: string, ...expected: `${ImportKind} ${string}`[]) {
  const found = importsOf(text).map(({ kind, specifier }) => `${kind} ${specifier}`);
  assertEquals(found, expected, text);
}

Deno.test("importsOf: every form of import and export", () => {
  assertImports('import a from "./a.ts";', "static ./a.ts");
  assertImports("import * as a from './a.ts';", "static ./a.ts");
  assertImports('import a, { b as c, type D } from "./a.ts";', "static ./a.ts");
  assertImports('import a, * as b from "./a.ts";', "static ./a.ts");
  assertImports('import {\n  a, // "x"\n  b,\n} from "./a.ts";', "static ./a.ts");
  assertImports('import {} from "./a.ts";', "static ./a.ts");
  assertImports('import "./a.ts";import"./b.ts"', "static ./a.ts", "static ./b.ts");
  assertImports('import a from "./a.json" with { type: "json" };', "static ./a.json");
  assertImports('export * from "./a.ts";', "static ./a.ts");
  assertImports('export * as a from "./a.ts";', "static ./a.ts");
  assertImports('export { a, type B } from "./a.ts";', "static ./a.ts");
});

Deno.test("importsOf: type-only imports have their own kind", () => {
  assertImports('import type { A } from "./a.ts";', "type ./a.ts");
  assertImports('import type A from "./a.ts";', "type ./a.ts");
  assertImports('import type * as A from "./a.ts";', "type ./a.ts");
  assertImports('import { type A, type B as C } from "./a.ts";', "type ./a.ts");
  assertImports('import a, { type B } from "./a.ts";', "static ./a.ts");
  assertImports('export type { A } from "./a.ts";', "type ./a.ts");
  assertImports('export type * from "./a.ts";', "type ./a.ts");
  assertImports('let a: typeof import("./a.ts");', "type ./a.ts");
});

Deno.test("importsOf: `type` and `from` may be names", () => {
  assertImports('import type from "./a.ts";', "static ./a.ts");
  assertImports('import type, { type B } from "./a.ts";', "static ./a.ts");
  assertImports('import { type } from "./a.ts";', "static ./a.ts");
  assertImports('import { type as kind } from "./a.ts";', "static ./a.ts");
  assertImports('import { from } from "./a.ts";', "static ./a.ts");
  assertImports('export const from = "./a.ts";');
  assertImports('export type A = { from: "./a.ts" }; export { from }; "./b.ts";');
});

Deno.test("importsOf: dynamic and computed imports", () => {
  assertImports('const { a } = await import("./a.ts");', "dynamic ./a.ts");
  assertImports('import("./a.json", { with: { type: "json" } });', "dynamic ./a.json");
  assertImports("open: () => import(`./a.ts`)", "dynamic ./a.ts");
  assertImports("import(`./${name}.ts`); import(name);", "computed ", "computed ");
  assertImports('import("./" + name);', "computed ");
  assertImports('table.import("./a.ts"); const b = { import: "./b.ts" };');
});

Deno.test("importsOf: URLs of Workers' modules and data", () => {
  assertImports('new Worker(new URL("./w.ts", import.meta.url))', "address ./w.ts");
  assertImports('new URL("w.ts", import.meta.url)', "address ./w.ts");
  assertImports('new URL(\n  "../a.json",\n  import.meta.url,\n)', "address ../a.json");
  assertImports('import.meta.resolve("sharp")', "address sharp");
  assertImports("import.meta.resolve(name)", "computed ");
  assertImports('new URL("./a.ts", base); new URL(name, import.meta.url); import.meta.url;');
});

Deno.test("importsOf: comments, strings, templates and regular expressions neither contain nor hide imports", () => {
  const after = ' import "./z.ts";';
  assertImports('// import "./a.ts"\n/* import "./b.ts" */ /** * import "./c.ts" */', ...[]);
  assertImports(`#!/usr/bin/env deno's\n${after}`, "static ./z.ts");
  for (
    const text of [
      '"https://a.b";',
      '"/*";',
      "'it\\'s /*';",
      '`import "./a.ts"; // \' ${b} /*`;',
      '`${`${{ a: "`" }}//`} "`;',
      '/[/*"]/.test(a);',
      "a.replace(/\\/\\/'/g, b);",
      "return /`/;",
      "if (a) /`/.test(b);",
      "a = (b) / 2; c = 4 / d; e++ / 2; f! / 2; g[0] / 2; h.return / 2;",
      "a = !/`/.test(b);",
      "const a: Array<string> = b as Map<string, () => void>; c >> 2; d < /'/;",
      "a = 0.5 / .5e3 / 1_000 / 1.;",
      "a = 1 / `${b / c}`;",
      "const a = 'unterminated\n",
    ]
  ) assertImports(text + after, "static ./z.ts");
  assertImports('a(`${await import("./a.ts")}`);', "dynamic ./a.ts");
});
