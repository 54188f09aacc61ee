/**
 * Tokens of TypeScript source: enough to separate code from comments, strings and regular
 * expressions.
 */

/** A token. */
export interface Token {
  /**
   * `word` is a name or keyword, `string` a quoted string or a template without `${}`, `other`
   * anything else: a number, a regular expression, a part of a template, a punctuation character.
   */
  kind: "word" | "string" | "other";
  /** The text as written; for a string, the content between the quotes with escapes left in. */
  text: string;
}

const GAP = /(?:\s+|\/\/.*|\/\*[^]*?(?:\*\/|$))+/y;
const WORD = /[A-Za-z_$\u0080-\uffff][\w$\u0080-\uffff]*/y;
const NUMBER = /\.?\d(?:[\w.])*/y;
// A string that does not end on its line was misread: ending it there limits the damage to the
// line.
const QUOTED = /"(?:[^"\\\n]|\\[^])*(?:"|(?=\n)|$)|'(?:[^'\\\n]|\\[^])*(?:'|(?=\n)|$)/y;
const PATTERN = /\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/\w*/y;
const TEMPLATE = /(?:[^`\\$]|\\[^]|\$(?!\{))*(?:`|\$\{|$)/y;
const HASHBANG = /^#!.*/;

/** Words that a value may follow: a slash after them starts a regular expression. */
const BEFORE_VALUE = new Set(
  ["await", "case", "delete", "do", "else", "extends", "in", "instanceof", "new", "of", "return"]
    .concat(["throw", "typeof", "void", "yield"]),
);
/** Words whose brackets enclose a condition rather than a value. */
const CONDITIONS = new Set(["if", "while", "for", "with"]);

/**
 * The tokens of a TypeScript text, without comments. Whether a slash divides or starts a regular
 * expression is guessed from the preceding token; a wrong guess rarely affects more than its line.
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
  /** For each open bracket, whether it ends a value when closed; null for `${`. */
  const open: (boolean | null)[] = [];
  /** Whether the preceding token ends a value, so that a slash divides. */
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
