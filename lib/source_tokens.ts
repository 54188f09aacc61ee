/** TypeScript source as tokens: enough to separate code from comments, strings and patterns. */

/** A piece of code. */
export interface Token {
  /**
   * `word` is a name or keyword, `string` a quoted text or a template without `${}`, `other` anything
   * else: a number, a pattern, a part of a template, one character of punctuation.
   */
  kind: "word" | "string" | "other";
  /** As written; of a string what stands between the quotes, escapes and all. */
  text: string;
}

const GAP = /(?:\s+|\/\/.*|\/\*[^]*?(?:\*\/|$))+/y;
const WORD = /[A-Za-z_$\u0080-\uffff][\w$\u0080-\uffff]*/y;
const NUMBER = /\.?\d(?:[\w.])*/y;
// A string that its line does not end is a misreading: it ends with the line, and so does the harm.
const QUOTED = /"(?:[^"\\\n]|\\[^])*(?:"|(?=\n)|$)|'(?:[^'\\\n]|\\[^])*(?:'|(?=\n)|$)/y;
const PATTERN = /\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/\w*/y;
const TEMPLATE = /(?:[^`\\$]|\\[^]|\$(?!\{))*(?:`|\$\{|$)/y;
const HASHBANG = /^#!.*/;

/** Words that a value may follow: a slash after them begins a pattern. */
const BEFORE_VALUE = new Set(
  ["await", "case", "delete", "do", "else", "extends", "in", "instanceof", "new", "of", "return"]
    .concat(["throw", "typeof", "void", "yield"]),
);
/** Words whose brackets hold a condition and not a value. */
const CONDITIONS = new Set(["if", "while", "for", "with"]);

/**
 * The tokens of a TypeScript text, comments left out. Whether a slash divides or begins a pattern
 * is guessed from what precedes it; a wrong guess seldom harms more than its line.
 *
 * @example
 * ```ts
 * import { assertEquals } from "./testing/assert.ts";
 * import { tokensOf } from "./source_tokens.ts";
 *
 * const tokens = tokensOf('open("https://a.b"); // import "./c.ts"');
 * assertEquals(tokens.map(({ text }) => text), ["open", "(", "https://a.b", ")", ";"]);
 * ```
 */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  /** For every open bracket, whether a value ends with it; for `${`, null. */
  const open: (boolean | null)[] = [];
  /** Whether what was read ends a value, so that a slash divides. */
  let value = false;
  let at = HASHBANG.exec(text)?.[0].length ?? 0;
  const read = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    at += found?.length ?? 0;
    return found;
  };
  const push = (kind: Token["kind"], found: string, endsValue: boolean) => {
    tokens.push({ kind, text: found });
    value = endsValue;
  };
  const template = (whole: boolean) => {
    const found = read(TEMPLATE)!;
    const ends = !found.endsWith("${");
    if (!ends) open.push(null);
    if (whole && ends) push("string", found.slice(0, -1), true);
    else push("other", found, ends);
  };
  while (read(GAP), at < text.length) {
    const last = tokens.at(-1)?.text;
    const char = text[at];
    const word = read(WORD);
    if (word !== undefined) {
      push("word", word, last === "." || !BEFORE_VALUE.has(word));
      continue;
    }
    const number = read(NUMBER);
    if (number !== undefined) {
      push("other", number, true);
      continue;
    }
    if (char === '"' || char === "'") {
      const quoted = read(QUOTED)!;
      push("string", quoted.slice(1, quoted.endsWith(char) ? -1 : undefined), true);
      continue;
    }
    const pattern = char === "/" && !value ? read(PATTERN) : undefined;
    if (pattern !== undefined) {
      push("other", pattern, true);
      continue;
    }
    at++;
    if (char === "`") template(true);
    else if ("([{".includes(char)) {
      const afterMember = tokens.at(-2)?.text === ".";
      open.push(!(char === "(" && CONDITIONS.has(last ?? "") && !afterMember));
      push("other", char, false);
    } else if (")]}".includes(char)) {
      const endsValue = open.pop();
      if (endsValue === null && char === "}") template(false);
      else push("other", char, endsValue ?? true);
    } else {
      // After a value, `++`, `--` and `!` belong to it: `n++ / 2`, `n! / 2`.
      const twice = (char === "+" || char === "-") && text[at] === char;
      if (twice) at++;
      push("other", twice ? char + char : char, value && (twice || char === "!"));
    }
  }
  return tokens;
}
