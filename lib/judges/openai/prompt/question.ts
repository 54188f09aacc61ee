/** The question about one clip and dimension: text, pictures, and the answer's key. */
import type { Criterion } from "../../../records/criterion.ts";
import type { Task } from "../../../records/task.ts";
import { keyOf, sha256 } from "../../../store/key.ts";
import type { SampledVideo } from "../../../video/sample.ts";
import type { Video } from "../../../video/types.ts";
import type { Reading } from "../answer/answer.ts";
import type { PicturedClip, PictureSettings } from "../../judge.ts";
import { pictured, pictureSize, pictureSteps } from "./pictures.ts";
import { answerJsonSchema, type Prompt } from "./prompts.ts";
import {
  ANSWER_MODES,
  type AnswerMode,
  type Dialect,
  inDialect,
  limitIn,
  PLAIN,
} from "../client/dialect.ts";
import type { ChatBody, Reply } from "../client/types.ts";

export { ANSWER_MODES, type AnswerMode } from "../client/dialect.ts";

/** Everything that an answer depends on in addition to task, criteria and clip. */
export interface AskSettings {
  model: string;
  prompt: Prompt;
  /** Number of frames shown of a clip. */
  frames: number;
  pictures: PictureSettings;
  /** Null is not sent, for models that accept only their default. */
  temperature: number | null;
  seed: number | null;
  /** How much a model that thinks is to think, in the server's words; absent is not sent. */
  reasoning_effort?: string;
  /** Maximum number of tokens of an answer, thinking included; null leaves it to the server. */
  max_tokens: number | null;
  /** Index of the sample, from 0: cached answers are not shared between samples. */
  repeat: number;
}

const ANSWER_SCHEMA = answerJsonSchema();
const ANSWER_SCHEMA_TEXT = JSON.stringify(ANSWER_SCHEMA);

/** A message after the question. */
export interface Turn {
  role: "assistant" | "user";
  content: string;
}

/** One of the forms in which a question can be sent. */
export interface Form {
  /** Index in `steps` of its picture settings. */
  step: number;
  mode: AnswerMode;
  /** The server's dialect; `PLAIN` by default. */
  dialect?: Dialect;
  /** How many times the room of `max_tokens` an answer has; 1 by default. */
  room?: number;
}

/** The content of a request, for estimating its tokens before sending. */
export interface RequestSize {
  /** All its text, including a JSON schema. */
  text: string;
  messages: number;
  /** Sizes of its pictures in pixels. */
  images: { width: number; height: number }[];
  max_tokens: number | null;
}

/** A question about one clip and dimension. */
export interface Question {
  /** The requested model. */
  model: string;
  asked: readonly Criterion[];
  /** Criteria that the prompt does not cover, with the reason. */
  unasked: readonly { criterion: Criterion; reason: string }[];
  /** SHA-256 of its text. */
  prompt_hash: string;
  /** Picture settings: as requested, then smaller for servers that reject the size. */
  steps: readonly PictureSettings[];
  modes: readonly AnswerMode[];
  /** Whether an unusable answer is retried once. */
  reasks: boolean;
  /** The answer's key: equal for equal requests, whatever clip they are about. */
  key(form: Form, turns?: readonly Turn[]): string;
  body(form: Form, turns?: readonly Turn[]): Promise<ChatBody>;
  size(form: Form, turns?: readonly Turn[]): RequestSize;
  /** The limit on an answer's tokens that a form sends; null for none. */
  limit(form: Form): number | null;
  read(reply: Reply): Reading;
}

/** Creates questions; see {@link questioner}. */
export type Questioner = (
  task: Task,
  criteria: readonly Criterion[],
  video: Video | SampledVideo | PicturedClip,
) => Question;

/**
 * The first form of a question: pictures as requested, and the strictest answer format.
 *
 * @param dialect What the server is known to take.
 */
export function firstForm({ modes }: Question, dialect: Dialect = PLAIN): Form {
  const mode = modes.includes(dialect.mode) ? dialect.mode : modes[0];
  return { step: 0, mode, ...(dialect === PLAIN ? {} : { dialect }) };
}

/** The keys of a question in the first forms of these dialects, each once. */
export function firstKeys(question: Question, dialects: readonly Dialect[]): string[] {
  return [...new Set(dialects.map((dialect) => question.key(firstForm(question, dialect))))];
}

/**
 * Creates questions whose pictures are made once per clip, when a request first needs them: keys
 * and sizes do not need them.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { PICTURES } from "./pictures.ts";
 * import { repairedPrompt } from "./prompts.ts";
 * import { firstForm, questioner } from "./question.ts";
 * import type { Criterion } from "../../../records/criterion.ts";
 *
 * const ask = questioner({
 *   model: "gpt-4o", prompt: repairedPrompt(), frames: 8, pictures: PICTURES,
 *   temperature: 0, seed: 0, max_tokens: null, repeat: 0,
 * });
 * const task = { benchmark: "mini", task: 1, scale: "cell", prompt: "A cell divides.",
 *   requirement: "", source: "" } as const;
 * const criterion = { dimension: "visual", place: 1, sign: 1, description: "It is sharp." };
 * const frames = [0, 90].map((grey) => new Uint8Array(64 * 48 * 3).fill(grey));
 * const question = ask(task, [criterion as Criterion], { width: 64, height: 48, fps: 8, frames });
 * const body = await question.body(firstForm(question));
 * assertEquals([body.temperature, body.response_format?.type], [0, "json_schema"]);
 * assertEquals(question.size(firstForm(question)).images.length, 2);
 * ```
 * @returns A function of a task, criteria of one dimension (at least one) and a clip with frames.
 */
export function questioner(settings: AskSettings): Questioner {
  const { prompt } = settings;
  const clips = new WeakMap<Video, PicturedClip>();
  const picturesOf = (video: Video | SampledVideo) => {
    const shown = clips.get(video) ?? pictured(video, settings.frames, prompt.bare);
    clips.set(video, shown);
    return shown;
  };
  return (task, criteria, video) => {
    const shown = "urls" in video ? video : picturesOf(video);
    const { before, after, asked, unasked } = prompt.compose(task, criteria, shown);
    const steps = pictureSteps(settings.pictures, shown, prompt.bare ? "as-released" : "sizes");
    const ids = asked.map(({ place }) => place);
    const bodyOf = (
      { mode, dialect = PLAIN, room = 1 }: Form,
      turns: readonly Turn[],
      urls: readonly string[],
    ): ChatBody =>
      inDialect({
        model: settings.model,
        messages: [
          {
            role: "user",
            content: [
              { type: "text", text: before },
              ...urls.map((url) => ({ type: "image_url" as const, image_url: { url } })),
              ...(after === "" ? [] : [{ type: "text" as const, text: after }]),
            ],
          },
          ...turns,
        ],
        ...(prompt.bare ? {} : sampling(settings, room)),
        ...responseFormat(mode),
      }, dialect);
    return {
      model: settings.model,
      asked,
      unasked,
      prompt_hash: sha256(JSON.stringify([before, after])),
      steps,
      modes: prompt.bare ? ["text"] : ANSWER_MODES,
      reasks: !prompt.bare,
      key: (form, turns = []) =>
        keyOf(JSON.parse(JSON.stringify({
          body: bodyOf(form, turns, []),
          frames: shown.hash,
          pictures: [steps[0], steps[form.step]],
          repeat: settings.repeat,
        }))),
      body: async (form, turns = []) => bodyOf(form, turns, await shown.urls(steps[form.step])),
      limit: ({ dialect = PLAIN, room = 1 }) =>
        prompt.bare ? null : limitIn(roomOf(settings, room), dialect),
      size({ step, mode, room = 1 }, turns = []) {
        const schema = mode === "json_schema" ? ANSWER_SCHEMA_TEXT : "";
        return {
          text: [before, after, schema, ...turns.map(({ content }) => content)].join("\n"),
          messages: 1 + turns.length,
          images: shown.positions.map(() => pictureSize(shown, steps[step])),
          max_tokens: prompt.bare ? null : roomOf(settings, room),
        };
      },
      read: (reply) => prompt.read(reply, ids),
    };
  };
}

/** A request without its messages, in a dialect: what of it a server can refuse by name. */
export function settingsBody(settings: AskSettings, dialect: Dialect): ChatBody {
  const { model, prompt } = settings;
  if (prompt.bare) return { model, messages: [] };
  const asked = { ...sampling(settings, 1), ...responseFormat(dialect.mode) };
  return inDialect({ model, messages: [], ...asked }, dialect);
}

function sampling(settings: AskSettings, room: number): Partial<ChatBody> {
  const { temperature, seed, reasoning_effort } = settings;
  const most = roomOf(settings, room);
  return {
    ...(temperature === null ? {} : { temperature }),
    ...(seed === null ? {} : { seed }),
    ...(most === null ? {} : { max_completion_tokens: most }),
    // Servers have words of their own for it.
    ...(reasoning_effort === undefined
      ? {}
      : { reasoning_effort: reasoning_effort as ChatBody["reasoning_effort"] }),
  };
}

function roomOf({ max_tokens }: AskSettings, room: number): number | null {
  return max_tokens === null ? null : max_tokens * room;
}

function responseFormat(mode: AnswerMode): Pick<ChatBody, "response_format"> {
  if (mode === "text") return {};
  if (mode === "json_object") return { response_format: { type: mode } };
  const json_schema = { name: "verdicts", strict: true, schema: ANSWER_SCHEMA };
  return { response_format: { type: mode, json_schema } };
}
