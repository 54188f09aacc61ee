/** Asks one question until there is an answer that can be used, or a reason why there is none. */
import { type AnsweredCriterion, excerpt } from "../answer/answer.ts";
import type { Reservation } from "../cost/budget.ts";
import { loweredTo } from "../prompt/pictures.ts";
import { correction } from "../prompt/prompts.ts";
import {
  ANSWER_MODES,
  type AnswerMode,
  type Form,
  type Question,
  type RequestSize,
  type Turn,
} from "../prompt/question.ts";
import { type ChatClient, PayloadTooLarge, type Reply, RequestFailed } from "./types.ts";

/** Answers kept from before. */
export interface KeptAnswers {
  get(key: string): Promise<Reply | null>;
  put(key: string, reply: Reply): Promise<void>;
}

/** What asking takes beside the question. */
export interface AskContext {
  client: ChatClient;
  answers: KeptAnswers;
  /** What an answer cost, US dollars. */
  cost(reply: Reply): number;
  /**
   * Sets aside the most that a request may cost, before it is sent.
   *
   * @throws {InputError} where the budget does not allow it.
   */
  reserve?(size: RequestSize, options: { signal?: AbortSignal }): Promise<Reservation>;
  /** What the server is known not to take; shared by all questions, so that one of them finds out. */
  server: ServerModes;
}

/** The form of answers that a server takes, as far as is known. */
export interface ServerModes {
  mode: AnswerMode;
}

/** What asking gave. */
export interface Asked {
  /** One for each criterion asked; null where no answer could be used. */
  answered: AnsweredCriterion[] | null;
  /** Why there is no answer; empty where there is one. */
  problem: string;
  /** What is to be known of an answer: lowered pictures, another snapshot, a second try. */
  notes: string[];
  /** The beginning of the last answer that could not be used. */
  said: string;
  attempts: number;
  prompt_tokens: number;
  completion_tokens: number;
  /** US dollars, of what was sent now; answers kept from before cost nothing. */
  cost_usd: number;
}

/** Characters of an answer that are sent back with its correction. */
const QUOTED = 4000;

/**
 * Asks a question: an answer kept from before is used, any other is kept before anything else happens
 * to it. An answer that cannot be used is asked for once more, with what was wrong. Where both are
 * kept from before and neither can be used, the question is asked anew, so that a later run can mend
 * what an earlier could not.
 *
 * @throws {InputError} for what would befall every question: no access, no such model, no budget.
 * @throws The signal's reason once it is aborted.
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { ask } from "./ask.ts";
 * import { askSettings } from "../judge.ts";
 * import { questioner } from "../prompt/question.ts";
 * import { block, clip, keptAnswers, replyOf, scriptedClient, TASK } from "../../../testing/openai/asking.ts";
 *
 * const question = questioner(askSettings("m"))(TASK, block(1), clip());
 * const good = replyOf('{"criteria": [{"id": 1, "reason": "Seen.", "met": true}]}');
 * const client = scriptedClient([replyOf("Yes."), good]);
 * const answers = keptAnswers();
 * const asked = await ask(question, { client, answers, cost: () => 0, server: { mode: "text" } });
 * assertEquals(asked.answered, [{ id: 1, met: true, reason: "Seen." }]);
 * assertEquals([asked.attempts, answers.kept.size], [2, 2]);
 * ```
 */
export async function ask(
  question: Question,
  context: AskContext,
  options: { signal?: AbortSignal } = {},
): Promise<Asked> {
  const { sent, ...asked } = await converse(question, context, true, options.signal);
  if (asked.answered !== null || sent) return asked;
  const { sent: _, ...anew } = await converse(question, context, false, options.signal);
  return anew;
}

/** The question and, where its answer cannot be used, its correction. */
async function converse(
  question: Question,
  context: AskContext,
  useKept: boolean,
  signal: AbortSignal | undefined,
): Promise<Asked & { sent: boolean }> {
  const asked = {
    answered: null as AnsweredCriterion[] | null,
    problem: "",
    notes: [] as string[],
    said: "",
    attempts: 0,
    prompt_tokens: 0,
    completion_tokens: 0,
    cost_usd: 0,
    sent: false,
  };
  let turns: Turn[] = [];
  let form: Form = { step: 0, mode: firstMode(question, context.server) };
  for (;;) {
    let answer: Answer;
    try {
      answer = await answerTo(question, form, turns, context, useKept, signal);
    } catch (error) {
      if (!(error instanceof RequestFailed || error instanceof PayloadTooLarge)) throw error;
      const first = turns.length > 0 ? `${asked.problem}; asked again: ` : "";
      return {
        ...asked,
        problem: `${first}${error.message}`,
        attempts: asked.attempts + 1,
        sent: true,
      };
    }
    const { reply } = answer;
    form = answer.form;
    asked.sent ||= !answer.kept;
    asked.attempts += reply.attempts;
    asked.prompt_tokens += reply.prompt_tokens;
    asked.completion_tokens += reply.completion_tokens;
    asked.cost_usd += answer.cost_usd;
    const reading = question.read(reply);
    if ("answered" in reading) {
      const { steps } = question;
      const again = turns.length > 0 ? [`second answer: of the first, ${asked.problem}`] : [];
      const lowered = form.step > 0 ? [loweredTo(steps[0], steps[form.step])] : [];
      const snapshot = reply.model === question.model ? [] : [`answered by ${reply.model}`];
      const notes = [...snapshot, ...lowered, ...again];
      return { ...asked, answered: reading.answered, problem: "", notes, said: "" };
    }
    asked.said = reply.content === null ? "" : excerpt(reply.content, 200);
    if (turns.length > 0 || !question.reasks) {
      const again = turns.length > 0 ? "; when asked again, " : "";
      return { ...asked, problem: `${asked.problem}${again}${reading.problem}` };
    }
    asked.problem = reading.problem;
    const ids = question.asked.map(({ place }) => place);
    turns = [
      { role: "assistant", content: reply.content?.slice(0, QUOTED) || "(nothing)" },
      { role: "user", content: correction(reading.problem, ids) },
    ];
  }
}

function firstMode({ modes }: Question, { mode }: ServerModes): AnswerMode {
  return modes.includes(mode) ? mode : modes[0];
}

interface Answer {
  reply: Reply;
  /** The form that it was asked in at last. */
  form: Form;
  /** Whether it was kept from before. */
  kept: boolean;
  cost_usd: number;
}

/** The kept answer, or the server's, in the first form that the server takes. */
async function answerTo(
  question: Question,
  asked: Form,
  turns: readonly Turn[],
  context: AskContext,
  useKept: boolean,
  signal: AbortSignal | undefined,
): Promise<Answer> {
  for (let form = asked;;) {
    signal?.throwIfAborted();
    const key = question.key(form, turns);
    const kept = useKept ? await context.answers.get(key) : null;
    if (kept) return { reply: kept, form, kept: true, cost_usd: 0 };
    try {
      const sent = await send(question, key, form, turns, context, signal);
      return { ...sent, form, kept: false };
    } catch (error) {
      form = nextForm(question, form, context.server, error);
    }
  }
}

async function send(
  question: Question,
  key: string,
  form: Form,
  turns: readonly Turn[],
  context: AskContext,
  signal: AbortSignal | undefined,
): Promise<{ reply: Reply; cost_usd: number }> {
  const body = await question.body(form, turns);
  const held = await context.reserve?.(question.size(form, turns), { signal });
  let reply: Reply;
  try {
    reply = await context.client.send(body, { signal });
  } catch (error) {
    held?.release();
    throw error;
  }
  const cost_usd = context.cost(reply);
  try {
    await context.answers.put(key, reply);
  } finally {
    held?.settle(cost_usd);
  }
  return { reply, cost_usd };
}

/** What to ask in instead, after an error that says the server does not take the form; else throws. */
function nextForm(question: Question, form: Form, server: ServerModes, error: unknown): Form {
  if (error instanceof PayloadTooLarge && form.step + 1 < question.steps.length) {
    return { ...form, step: form.step + 1 };
  }
  const place = ANSWER_MODES.indexOf(form.mode);
  if (isAboutFormat(error) && form.mode !== "text") {
    // Of many requests under way at once, the first to be refused moves on for all.
    if (ANSWER_MODES.indexOf(server.mode) <= place) server.mode = ANSWER_MODES[place + 1];
    return { ...form, mode: server.mode };
  }
  throw error;
}

function isAboutFormat(error: unknown): boolean {
  return error instanceof RequestFailed && /\b4\d\d\b/.test(error.message) &&
    /response_format|json_schema|json_object/.test(error.message);
}
