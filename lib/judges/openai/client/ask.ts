/** Asks one question until there is a usable answer or a reason for its absence. */
import { type AnsweredCriterion, excerpt } from "../answer/answer.ts";
import { loweredTo } from "../prompt/pictures.ts";
import { correction } from "../prompt/prompts.ts";
import {
  ANSWER_MODES,
  type AnswerMode,
  firstForm,
  type Form,
  type Question,
  type RequestSize,
  type Turn,
} from "../prompt/question.ts";
import {
  type Charge,
  type ChatBody,
  type ChatClient,
  PayloadTooLarge,
  type Reply,
  RequestFailed,
} from "./types.ts";

/** A cache of answers. */
export interface AnswerCache {
  get(key: string): Promise<Reply | null>;
  put(key: string, reply: Reply): Promise<void>;
}

/** The context of asking. */
export interface AskContext {
  client: ChatClient;
  answers: AnswerCache;
  /** Cost of an answer in US dollars. */
  cost(reply: Reply): number;
  /**
   * Sets aside the most that an attempt can cost, before it is sent.
   *
   * @param size What the question says of the request: the sizes of its pictures.
   * @param sent The request as the attempt sends it.
   * @throws {InputError} if the budget does not allow it.
   */
  reserve?(
    size: RequestSize,
    sent: ChatBody,
    options: { signal?: AbortSignal },
  ): Promise<Charge>;
  /**
   * Called once an answer is kept.
   *
   * @throws {InputError} if the server has cost more than it was allowed to, which ends the run.
   */
  checkSpending?(): void;
  /** Why the question with this key in its first form is not to be asked, if it is not. */
  withheld?(key: string): string | undefined;
  /**
   * What the server is known to reject; shared by all questions, so that only one of them finds
   * out.
   */
  server: ServerModes;
}

/** The answer mode that the server accepts, as far as known. */
export interface ServerModes {
  mode: AnswerMode;
}

/** The result of asking. */
export interface Asked {
  /** One for each criterion asked; null if there was no usable answer. */
  answered: AnsweredCriterion[] | null;
  /** Why there is no usable answer; otherwise empty. */
  problem: string;
  /** Remarks on the answer: reduced pictures, another snapshot, a second attempt. */
  notes: string[];
  /** The start of the last unusable answer. */
  said: string;
  attempts: number;
  prompt_tokens: number;
  completion_tokens: number;
  /** Cost in US dollars of requests sent now; cached answers cost nothing. */
  cost_usd: number;
}

/** Number of characters of an answer quoted with its correction. */
const QUOTED = 4000;

/**
 * Asks a question: a cached answer is used if there is one; a new answer is cached before anything
 * else. An unusable answer is retried once, quoting the problem. If both answers come from the
 * cache and are unusable, the question is asked again, so that a later run can recover from an
 * earlier failure.
 *
 * @throws {InputError} for errors that affect every question: no access, no such model, no budget.
 * @throws The signal's reason if aborted.
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { ask } from "./ask.ts";
 * import { askSettings } from "../judge.ts";
 * import { questioner } from "../prompt/question.ts";
 * import { block, clip, memoryAnswers, replyOf, scriptedClient, TASK } from "../../../testing/openai/asking.ts";
 *
 * const question = questioner(askSettings("m"))(TASK, block(1), clip());
 * const good = replyOf('{"criteria": [{"id": 1, "reason": "Seen.", "met": true}]}');
 * const client = scriptedClient([replyOf("Yes."), good]);
 * const answers = memoryAnswers();
 * const asked = await ask(question, { client, answers, cost: () => 0, server: { mode: "text" } });
 * assertEquals(asked.answered, [{ id: 1, met: true, reason: "Seen." }]);
 * assertEquals([asked.attempts, answers.replies.size], [2, 2]);
 * ```
 */
export async function ask(
  question: Question,
  context: AskContext,
  options: { signal?: AbortSignal } = {},
): Promise<Asked> {
  const { sent, ...asked } = await converse(question, context, true, options.signal);
  if (asked.answered !== null || sent) return asked;
  const { sent: _, ...repeated } = await converse(question, context, false, options.signal);
  return repeated;
}

/** The question and, if its answer is unusable, its correction. */
async function converse(
  question: Question,
  context: AskContext,
  useCache: boolean,
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
      answer = await answerTo(question, form, turns, context, useCache, signal);
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
    asked.sent ||= !answer.cached;
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
      const uncounted = reply.uncounted ? ["the server did not count its tokens"] : [];
      const notes = [...snapshot, ...lowered, ...again, ...uncounted];
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
  /** The form in which it was finally asked. */
  form: Form;
  /** Whether it came from the cache. */
  cached: boolean;
  cost_usd: number;
}

/** The cached answer, or the server's, in the first form that the server accepts. */
async function answerTo(
  question: Question,
  asked: Form,
  turns: readonly Turn[],
  context: AskContext,
  useCache: boolean,
  signal: AbortSignal | undefined,
): Promise<Answer> {
  for (let form = asked;;) {
    signal?.throwIfAborted();
    const key = question.key(form, turns);
    const cached = useCache ? await context.answers.get(key) : null;
    if (cached) return { reply: cached, form, cached: true, cost_usd: 0 };
    try {
      const sent = await send(question, key, form, turns, context, signal);
      return { ...sent, form, cached: false };
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
  const reason = turns.length === 0 && context.withheld?.(question.key(firstForm(question)));
  if (reason) throw new RequestFailed(reason);
  const body = await question.body(form, turns);
  const size = question.size(form, turns);
  const reply = await context.client.send(body, {
    signal,
    reserve: context.reserve && ((sent) => context.reserve!(size, sent, { signal })),
  });
  await context.answers.put(key, reply);
  context.checkSpending?.();
  return { reply, cost_usd: context.cost(reply) };
}

/** The next form to try after an error about the form; rethrows other errors. */
function nextForm(question: Question, form: Form, server: ServerModes, error: unknown): Form {
  if (error instanceof PayloadTooLarge && form.step + 1 < question.steps.length) {
    return { ...form, step: form.step + 1 };
  }
  const place = ANSWER_MODES.indexOf(form.mode);
  if (isAboutFormat(error) && form.mode !== "text") {
    // Of many concurrent requests, the first to be refused switches the mode for all.
    if (ANSWER_MODES.indexOf(server.mode) <= place) server.mode = ANSWER_MODES[place + 1];
    return { ...form, mode: server.mode };
  }
  throw error;
}

function isAboutFormat(error: unknown): boolean {
  return error instanceof RequestFailed && /\b4\d\d\b/.test(error.message) &&
    /response_format|json_schema|json_object/.test(error.message);
}
