/** Answers of the fault server's model. */
import { random } from "../../random.ts";
import { type Asked, countPrompt, countText } from "./asked.ts";
import type { AnswerFault } from "./faults.ts";
import type { ImageRule } from "../../judges/openai/cost/tokens.ts";

/**
 * How questions are answered:
 * - `seeded`: true or false by seed, question and criterion; the same whenever asked;
 * - `random`: true or false, drawn each time;
 * - `yes`, `no`: always the same;
 * - a function: the content itself, or a verdict for each of `asked.ids`.
 */
export type Answering =
  | "seeded"
  | "random"
  | "yes"
  | "no"
  | ((asked: Asked) => string | null | boolean[]);

/** A chat completion as sent by a server. */
export function completionFor(
  asked: Asked,
  options: { answering: Answering; seed: number; rule: ImageRule; fault: AnswerFault | null },
): Record<string, unknown> {
  const { answering, seed, rule, fault } = options;
  const content = contentFor(asked, answering, seed, fault);
  const usage = {
    prompt_tokens: countPrompt(asked, rule),
    completion_tokens: countText(content ?? ""),
  };
  const message = {
    role: "assistant",
    content,
    refusal: fault === "refusal" ? "I can't help with that." : null,
  };
  const finish = fault === "truncated"
    ? "length"
    : fault === "content filter"
    ? "content_filter"
    : "stop";
  return {
    id: `chatcmpl-${asked.nth}`,
    object: "chat.completion",
    created: Math.floor(Date.now() / 1000),
    model: asked.model,
    choices: fault === "no choices"
      ? []
      : [{ index: 0, message, logprobs: null, finish_reason: finish }],
    ...(fault === "uncounted" ? {} : {
      usage: { ...usage, total_tokens: usage.prompt_tokens + usage.completion_tokens },
    }),
  };
}

function contentFor(
  asked: Asked,
  answering: Answering,
  seed: number,
  fault: AnswerFault | null,
): string | null {
  if (["null content", "refusal", "content filter"].includes(fault ?? "")) return null;
  if (fault === "empty content") return "";
  if (fault === "no JSON") return "The cell divides nicely and everything is as it should be.";
  const verdicts = verdictsFor(asked, answering, seed);
  if (!Array.isArray(verdicts)) return verdicts;
  const whole = JSON.stringify(answerWith(asked, verdicts, fault));
  switch (fault) {
    case "truncated":
    case "half JSON content":
      return whole.slice(0, Math.ceil(whole.length * 0.6));
    case "fenced":
      return "```json\n" + whole + "\n```";
    case "prose around":
      return `Here is what I see.\n${whole}\nLet me know if you need more.`;
    case "thinking before":
      return `<think>Maybe {"criteria": []}? No.</think>\n${whole}`;
    default:
      return whole;
  }
}

function verdictsFor(asked: Asked, answering: Answering, seed: number): string | null | boolean[] {
  if (typeof answering === "function") return answering(asked);
  if (answering === "yes" || answering === "no") return asked.ids.map(() => answering === "yes");
  const which = answering === "random" ? `${asked.key} ${asked.time}` : asked.question;
  return asked.ids.map((id) => random(seed, answering, which, id)() < 0.5);
}

/** The answer in the requested format: a list of scores, or an entry for each criterion. */
function answerWith(asked: Asked, verdicts: boolean[], fault: AnswerFault | null) {
  const entries: { id: unknown; reason: string; met: unknown }[] = verdicts.map((met, i) => ({
    id: asked.ids[i] ?? i + 1,
    reason: met ? "It shows in the frames." : "No frame shows it.",
    met,
  }));
  const last = entries.at(-1)!;
  if (fault === "too few entries") entries.pop();
  if (fault === "too many entries") {
    entries.push({ ...last, id: Math.max(0, ...asked.ids) + 1 });
  }
  if (fault === "unknown id") last.id = 99;
  if (fault === "id twice") entries.push({ ...last });
  if (fault === "non-binary") last.met = 0.5;
  if (fault === "text as verdict") last.met = "mostly";
  if (asked.schema === null && asked.text.includes('"scores"')) {
    const scores = entries.map(({ met }) => typeof met === "boolean" ? Number(met) : met);
    return { scores, reasoning: "By what the frames show." };
  }
  return { criteria: entries };
}
