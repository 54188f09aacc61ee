/** Reads verdicts from an answer's text, or reports what is wrong with it. */
import { objectsInText } from "./json_in_text.ts";
import { afterThinking } from "./thinking.ts";
import type { Reply } from "../client/types.ts";

/** An answer's verdict on one criterion. */
export interface AnsweredCriterion {
  /** The criterion's number in the prompt. */
  id: number;
  met: boolean;
  /** The model's own words. */
  reason: string;
}

/**
 * All criteria answered, or the problem, as a clause that starts with "the answer" or "the model".
 */
export type Reading = { answered: AnsweredCriterion[] } | { problem: string };

/**
 * Reads `{"criteria": [{"id", "reason", "met"}, …]}`. Every id must be answered exactly once, by
 * true or false. If any part is wrong, the whole answer is rejected, because a list that lost or
 * gained an entry may have shifted the others too. Prose or a code fence around the object, and
 * thinking before it, are accepted; of several objects the last that fits the question counts.
 *
 * @param ids The criteria's numbers in the prompt, ascending.
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { readAnswer } from "./answer.ts";
 * import type { Reply } from "../client/types.ts";
 *
 * const reply = { refusal: null, finish_reason: "stop" } as Reply;
 * const content = '{"criteria": [{"id": 1, "reason": "It splits in frame 5.", "met": true}]}';
 * assertEquals(readAnswer({ ...reply, content }, [1]), {
 *   answered: [{ id: 1, met: true, reason: "It splits in frame 5." }],
 * });
 * assertEquals(readAnswer({ ...reply, content }, [1, 2]), {
 *   problem: "the answer has 1 entry for 2 criteria; criterion 2 is missing",
 * });
 * ```
 */
export function readAnswer(reply: Reply, ids: readonly number[]): Reading {
  return lastFitting(reply, (object) => readCriteria(object, ids));
}

function readCriteria({ criteria }: Record<string, unknown>, ids: readonly number[]): Reading {
  if (!Array.isArray(criteria)) {
    const problem = `the answer's "criteria" is ${excerpt(criteria)}; expected a list`;
    return { problem };
  }
  const problems: string[] = [];
  if (criteria.length !== ids.length) {
    const entries = criteria.length === 1 ? "1 entry" : `${criteria.length} entries`;
    problems.push(`the answer has ${entries} for ${ids.length} criteria`);
  }
  const byId = new Map<number, AnsweredCriterion>();
  for (const [i, entry] of criteria.entries()) {
    const { id, met, reason } = Object(entry) as Record<string, unknown>;
    if (typeof id !== "number" || !ids.includes(id)) {
      problems.push(`the answer's entry ${i + 1} has the unknown id ${excerpt(id)}`);
      continue;
    }
    if (byId.has(id)) problems.push(`the answer names criterion ${id} twice`);
    if (typeof met !== "boolean") {
      problems.push(`the answer's "met" of criterion ${id} is ${excerpt(met)}, not true or false`);
    }
    if (typeof reason !== "string") {
      problems.push(`the answer's "reason" of criterion ${id} is ${excerpt(reason)}, not a text`);
    }
    byId.set(id, { id, met: met === true, reason: String(reason).trim() });
  }
  const missing = ids.filter((id) => !byId.has(id));
  if (missing.length > 0) {
    const [noun, verb] = missing.length === 1 ? ["criterion", "is"] : ["criteria", "are"];
    problems.push(`${noun} ${missing.join(", ")} ${verb} missing`);
  }
  if (problems.length > 0) return { problem: problems.slice(0, 6).join("; ") };
  return { answered: ids.map((id) => byId.get(id)!) };
}

/**
 * Reads `{"scores": [0, 1, …], "reasoning": "…"}`, the format requested by the released prompt: one
 * score, 0 or 1, for each criterion in the order of the list.
 *
 * @param ids The numbers of the criteria in the prompt.
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { readScores } from "./answer.ts";
 * import type { Reply } from "../client/types.ts";
 *
 * const reply = { refusal: null, finish_reason: "stop" } as Reply;
 * const content = '{"scores": [1], "reasoning": "All fine."}';
 * assertEquals(readScores({ ...reply, content }, [1]), {
 *   answered: [{ id: 1, met: true, reason: "All fine." }],
 * });
 * assertEquals(readScores({ ...reply, content }, [1, 2]), {
 *   problem: "the answer has 1 score for 2 criteria",
 * });
 * ```
 */
export function readScores(reply: Reply, ids: readonly number[]): Reading {
  return lastFitting(reply, (object) => readScoreList(object, ids));
}

function readScoreList(
  { scores, reasoning }: Record<string, unknown>,
  ids: readonly number[],
): Reading {
  if (!Array.isArray(scores)) {
    return { problem: `the answer's "scores" is ${excerpt(scores)}; expected a list` };
  }
  if (scores.length !== ids.length) {
    const given = scores.length === 1 ? "1 score" : `${scores.length} scores`;
    return { problem: `the answer has ${given} for ${ids.length} criteria` };
  }
  const wrong = scores.findIndex((score) => score !== 0 && score !== 1);
  if (wrong >= 0) {
    return { problem: `the answer's score ${wrong + 1} is ${excerpt(scores[wrong])}, not 0 or 1` };
  }
  const reason = typeof reasoning === "string" ? reasoning.trim() : "";
  return { answered: ids.map((id, i) => ({ id, met: scores[i] === 1, reason })) };
}

/**
 * The start of a value as JSON, short enough for a message.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { excerpt } from "./answer.ts";
 *
 * assertEquals(excerpt("a cell divides", 7), '"a cell…');
 * ```
 */
export function excerpt(value: unknown, length = 80): string {
  const text = JSON.stringify(value) ?? "missing";
  return text.length > length ? `${text.slice(0, length)}…` : text;
}

/** Reads the last object of an answer that fits; where none does, the last one's problem. */
function lastFitting(
  reply: Reply,
  read: (object: Record<string, unknown>) => Reading,
): Reading {
  const found = answerObjects(reply);
  if ("problem" in found) return found;
  const readings = found.objects.map(read);
  return readings.findLast((reading) => "answered" in reading) ?? readings.at(-1)!;
}

/**
 * Whether an answer lacked room: it was cut off, or only thinking came of it.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { lacksRoom } from "./answer.ts";
 * import type { Reply } from "../client/types.ts";
 *
 * const reply = { content: '{"criteria": [', finish_reason: "length" } as Reply;
 * assertEquals(lacksRoom(reply), true);
 * assertEquals(lacksRoom({ ...reply, content: "", finish_reason: "stop" }), false);
 * assertEquals(lacksRoom({ ...reply, content: "", finish_reason: "stop", thought: true }), true);
 * ```
 */
export function lacksRoom({ content, refusal, finish_reason, thought }: Reply): boolean {
  if (refusal) return false;
  return isCut(finish_reason) || (isEmpty(content) && thought === true);
}

/** How servers call it that a limit of tokens ended the answer. */
const CUT =
  /^(length|max_?(output_|new_|completion_)?(tokens|length)|model_length|token_limit|incomplete)$/i;
/** And that a filter did, or the answer was whole. */
const FILTERED = /filter|safety|prohibited|blocklist|recitation|sensitive|spii/i;
const WHOLE = /^(stop|eos|end_?turn|stop_sequence|complete|completed|finished|)$/i;

function isCut(finish_reason: string): boolean {
  return CUT.test(finish_reason);
}

function isEmpty(content: string | null): boolean {
  return content === null || content.trim() === "";
}

function answerObjects(
  reply: Reply,
): { objects: Record<string, unknown>[] } | { problem: string } {
  const { content, refusal, finish_reason } = reply;
  if (refusal) return { problem: `the model refused: ${excerpt(refusal, 200)}` };
  if (FILTERED.test(finish_reason)) {
    return { problem: "the answer was held back by the server's content filter" };
  }
  if (isCut(finish_reason)) {
    return {
      problem: isEmpty(content)
        ? "the answer is empty: all its tokens went into thinking"
        : "the answer was cut off at the limit of tokens",
    };
  }
  if (content === null || content.trim() === "") {
    return {
      problem: (lacksRoom(reply) ? "the answer is empty after thinking" : "the answer is empty") +
        (WHOLE.test(finish_reason) ? "" : ` (finish_reason ${excerpt(finish_reason, 40)})`),
    };
  }
  const text = afterThinking(content);
  if (text.trim() === "") return { problem: "the answer is empty after thinking" };
  if (/^\s*<(!doctype|html|head|body)\b/i.test(text)) {
    return { problem: `the answer is a web page: ${excerpt(text.trim())}` };
  }
  const found = objectsInText(text);
  if ("objects" in found) return found;
  return { problem: `the answer ${found.problem}: ${excerpt(text.trim())}` };
}
