/** References of a TypeScript text to other files: all kinds of import, from its tokens. */
import { type Token, tokensOf } from "./source_tokens.ts";

/**
 * How a file refers to another: `static` with `import … from` or `export … from`, `type` likewise
 * for types only (erased when the code runs), `dynamic` with `import("…")`, `address` with `new
 * URL("…", import.meta.url)` or `import.meta.resolve("…")` (a Worker's module, data), and
 * `computed` for an `import()` or `resolve()` whose argument is known only at run time.
 */
export type ImportKind = "static" | "type" | "dynamic" | "address" | "computed";

/** One reference, as written. */
export interface SourceImport {
  /** The kind of reference. */
  kind: ImportKind;
  /** Empty for a computed reference. */
  specifier: string;
}

/**
 * The references of a TypeScript text, in order. Those inside comments (and so in documented
 * examples) and strings do not count. `import { type A }` has the kind `type`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "./testing/assert.ts";
 * import { importsOf } from "./source_imports.ts";
 *
 * const text = 'import type { A } from "./a.ts"; // import "./b.ts"\nawait import("./c.ts");';
 * assertEquals(importsOf(text), [
 *   { kind: "type", specifier: "./a.ts" },
 *   { kind: "dynamic", specifier: "./c.ts" },
 * ]);
 * ```
 */
export function importsOf(text: string): SourceImport[] {
  const tokens = tokensOf(text);
  const found: SourceImport[] = [];
  for (const [i, token] of tokens.entries()) {
    if (token.kind !== "word" || isText(tokens[i - 1], ".")) continue;
    const one = token.text === "import"
      ? imported(tokens, i)
      : token.text === "export"
      ? clause(tokens, i + 1)
      : token.text === "new"
      ? address(tokens, i)
      : undefined;
    if (one) found.push(one);
  }
  return found;
}

function imported(tokens: readonly Token[], i: number): SourceImport | undefined {
  const next = tokens[i + 1];
  if (next?.kind === "string") return { kind: "static", specifier: next.text };
  if (isText(next, "(")) {
    const kind = isText(tokens[i - 1], "typeof") ? "type" : "dynamic";
    return argument(tokens, i + 2, kind);
  }
  if (isCode(tokens, i + 1, ".meta.resolve(")) return argument(tokens, i + 6, "address");
  return clause(tokens, i + 1);
}

/** The string argument of `import(` or `resolve(`, which may be followed by options. */
function argument(tokens: readonly Token[], i: number, kind: ImportKind): SourceImport {
  const [value, after] = tokens.slice(i, i + 2);
  const literal = value?.kind === "string" && (isText(after, ")") || isText(after, ","));
  return literal ? { kind, specifier: value.text } : { kind: "computed", specifier: "" };
}

/**
 * The clause between `import` or `export` and `from "…"`; absent for an export of the file's own.
 */
function clause(tokens: readonly Token[], i: number): SourceImport | undefined {
  const typed = isText(tokens[i], "type") && !/^(from|,|=)$/.test(tokens[i + 1]?.text ?? "");
  let at = typed ? i + 1 : i;
  let typesAlone = typed;
  if (tokens[at]?.kind === "word" && !isText(tokens[at], "from")) {
    // A default import, possibly before others; for `export`, the file's own: `export const`.
    at += isText(tokens[at + 1], ",") ? 2 : 1;
  } else if (isText(tokens[at], "{")) typesAlone ||= namesTypes(tokens, at + 1);
  if (isText(tokens[at], "*")) at += isText(tokens[at + 1], "as") ? 3 : 1;
  else if (isText(tokens[at], "{")) {
    while (at < tokens.length && !isText(tokens[at], "}")) at++;
    at++;
  }
  if (!isText(tokens[at], "from") || tokens[at + 1]?.kind !== "string") return;
  return { kind: typesAlone ? "type" : "static", specifier: tokens[at + 1].text };
}

/** Whether there is at least one name before the closing bracket, and all are types. */
function namesTypes(tokens: readonly Token[], i: number): boolean {
  const end = tokens.findIndex((token, at) => at >= i && isText(token, "}"));
  const names: string[][] = [[]];
  for (const { text } of tokens.slice(i, end)) {
    if (text === ",") names.push([]);
    else names.at(-1)!.push(text);
  }
  const given = names.filter((words) => words.length > 0);
  // `type` may itself be a name: `{ type }`, `{ type as kind }`.
  return given.length > 0 &&
    given.every(([first, second, ...rest]) =>
      first === "type" && second !== undefined && !(second === "as" && rest.length === 1)
    );
}

function address(tokens: readonly Token[], i: number): SourceImport | undefined {
  const value = tokens[i + 3];
  if (!isCode(tokens, i + 1, "URL(") || value?.kind !== "string") return;
  if (!isCode(tokens, i + 4, ",import.meta.url")) return;
  // A URL needs no leading dot: `new URL("worker.ts", import.meta.url)`.
  const whole = /^[./]|^[a-z][a-z\d+.-]*:/i.test(value.text);
  return { kind: "address", specifier: whole ? value.text : `./${value.text}` };
}

function isText(token: Token | undefined, text: string): boolean {
  return token !== undefined && token.kind !== "string" && token.text === text;
}

/** Whether the tokens from index `i` are these words and characters. */
function isCode(tokens: readonly Token[], i: number, code: string): boolean {
  return tokensOf(code).every(({ text }, n) => isText(tokens[i + n], text));
}
