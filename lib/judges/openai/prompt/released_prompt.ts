/** The released evaluator's prompt, read from the user's own copy of `video_evaluator.py`. */
import type { Criterion, Dimension } from "../../../records/criterion.ts";
import type { Task } from "../../../records/task.ts";
import { InputError, messageOf } from "../../../errors.ts";
import { sha256 } from "../../../store/key.ts";
import { readScores } from "../answer/answer.ts";
import type { Prompt } from "./prompts.ts";

/** The parts of `_build_prompt`. */
export interface ReleasedTemplate {
  /** The returned f-string, with its doubled braces. */
  text: string;
  /** The f-string of a criterion's line. */
  line: string;
  /** Display names of dimensions, by the name of their block (`rubrics_scientific`, …). */
  dimensions: Record<string, string>;
  /** Display names of criteria with sign +1, and of others. */
  positive: string;
  penalty: string;
  /** The first and the last key number that it looks up. */
  first: number;
  last: number;
  /** The rubric fields used as the task and as the requirement. */
  task_key: string;
  requirement_key: string;
}

/**
 * Extracts the prompt's parts from the source of the released evaluator.
 *
 * @param source The text of `video_evaluator.py`.
 * @param path Its path, for error messages.
 * @throws {InputError} naming the first part that was not found.
 * @example
 * ```ts
 * import { assertInputError } from "../../../testing/assert.ts";
 * import { readReleasedTemplate } from "./released_prompt.ts";
 *
 * await assertInputError(() => readReleasedTemplate("import os\n", "other.py"), "other.py", "_build_prompt");
 * ```
 */
export function readReleasedTemplate(source: string, path: string): ReleasedTemplate {
  const text = source.replaceAll("\r\n", "\n");
  const find = (within: string, pattern: RegExp, wanted: string) => {
    const match = pattern.exec(within);
    if (match) return match.slice(1);
    throw new InputError(
      `Cannot take the released prompt from ${path}: found no ${wanted}; expected ` +
        "video_evaluator.py of the released evaluation",
    );
  };
  const field = (name: string) =>
    find(
      body,
      new RegExp(String.raw`^ +${name} = \w+\.get\("([^"]+)", ""\)`, "m"),
      `line ${name} = ….get("…", "")`,
    )[0];
  const [after] = find(text, /^ *def _build_prompt\b([^]*)/m, "function _build_prompt");
  const body = after.split(/^ *(?:def|class) \w+/m)[0];
  const [template] = find(body, /^ +return f"""([^]*?)"""/m, 'return f"""…""" in _build_prompt');
  const [positive, penalty] = find(
    body,
    /= "([^"]+)" if \S+ == "\+1" else "([^"]+)"/,
    'names of the two kinds of criteria ("…" if … == "+1" else "…")',
  );
  const [line] = find(body, /rubrics_text \+= f"((?:[^"\\]|\\.)*)"/, 'rubrics_text += f"…"');
  const [first, end] = find(body, /in range\((\d+), (\d+)\)/, "range of key numbers");
  const names = [...body.matchAll(/"(rubrics_\w+)": "([^"]+)"/g)];
  if (names.length === 0) find(body, /(?!)/, 'names of dimensions ("rubrics_…": "…")');
  return {
    text: template,
    line: line.replaceAll("\\n", "\n"),
    dimensions: Object.fromEntries(names.map(([, block, name]) => [block, name])),
    positive,
    penalty,
    first: Number(first),
    last: Number(end) - 1,
    task_key: field("task_desc"),
    requirement_key: field("detailed_req"),
  };
}

/**
 * A Python f-string with plain names: `{name}` is replaced, `{{` and `}}` stand for single braces.
 *
 * @throws {InputError} for a name without a value, and for a backslash, which Python would
 * interpret.
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { formatted } from "./released_prompt.ts";
 *
 * assertEquals(formatted("{i}. {{{name}}}", { i: "1", name: "cell" }), "1. {cell}");
 * ```
 */
export function formatted(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/\{\{|\}\}|\{([^{}]*)\}|\\/g, (found, name?: string) => {
    if (found === "{{") return "{";
    if (found === "}}") return "}";
    if (name !== undefined && name in values) return values[name];
    throw new InputError(
      `Cannot fill the released prompt: found ${found}; expected only ` +
        Object.keys(values).map((known) => `{${known}}`).join(", "),
    );
  });
}

/**
 * The released evaluator's prompt. It is sent without temperature, seed or response format, and its
 * answer is `{"scores": […], "reasoning": "…"}`. As released, it includes the task only if the
 * rubric file has it under the keys that the evaluator reads, which the default file does not, and
 * it lists only criteria keyed `d1` to `d9`: the others get only a reason.
 *
 * @param path The user's own copy of `video_evaluator.py`; the project does not include it.
 * @throws {InputError} if `path` cannot be read or is not that file.
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { fileURLToPath } from "node:url";
 * import { releasedPrompt } from "./released_prompt.ts";
 *
 * // A file of the same structure, in other words.
 * const path = fileURLToPath(new URL("../../../testing/openai/evaluator_like.py", import.meta.url));
 * const prompt = await releasedPrompt(path);
 * assertEquals([prompt.name, prompt.bare], ["as-released", true]);
 * ```
 */
export async function releasedPrompt(path: string): Promise<Prompt> {
  let source: string;
  try {
    source = await Deno.readTextFile(path);
  } catch (error) {
    const problem = error instanceof Deno.errors.NotFound ? "no such file" : messageOf(error);
    throw new InputError(`Cannot take the released prompt from ${path}: ${problem}`);
  }
  return promptOf(readReleasedTemplate(source, path));
}

/**
 * The prompt of a template; see {@link releasedPrompt}.
 *
 * @throws {InputError} for a template with unknown names.
 */
export function promptOf(template: ReleasedTemplate): Prompt {
  const numberOf = ({ criterion }: Criterion) => criterion;
  const { first, last } = template;
  return {
    name: "as-released",
    version: `as-released-${sha256(JSON.stringify(template)).slice(0, 16)}`,
    bare: true,
    compose(task, block) {
      const isListed = (criterion: Criterion) => {
        const number = numberOf(criterion);
        return number >= first && number <= last;
      };
      const asked = block.filter(isListed);
      return {
        before: textOf(template, task, block[0].dimension, asked, numberOf),
        after: "",
        asked,
        unasked: block.filter((criterion) => !isListed(criterion)).map((criterion) => ({
          criterion,
          reason: `the released prompt lists keys d${first} to d${last} only; ` +
            `this one's is d${numberOf(criterion)}`,
        })),
      };
    },
    read: readScores,
  };
}

function textOf(
  template: ReleasedTemplate,
  { prompt, requirement }: Task,
  dimension: Dimension,
  asked: readonly Criterion[],
  numberOf: (criterion: Criterion) => number,
): string {
  // A task's fields in the default rubric file, by its keys.
  const fields: Record<string, string> = { task: prompt, requirement };
  const block = `rubrics_${dimension}`;
  const lines = asked.map((criterion) =>
    formatted(template.line, {
      i: String(numberOf(criterion)),
      point_type: criterion.sign > 0 ? template.positive : template.penalty,
      "rubrics[d_key]": criterion.description,
    })
  );
  return formatted(template.text, {
    task_desc: fields[template.task_key] ?? "",
    detailed_req: fields[template.requirement_key] ?? "",
    dim_name: template.dimensions[block] ?? block,
    rubrics_text: lines.join(""),
  });
}
