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
import type { ChatBody, Reply } from "../client/types.ts";

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
  /** Maximum number of tokens of an answer; null leaves it to the server. */
  max_tokens: number | null;
  /** Index of the sample, from 0: cached answers are not shared between samples. */
  repeat: number;
}

/** How the answer's format is requested; if a server does not support one, the next is tried. */
export const ANSWER_MODES = ["json_schema", "json_object", "text"] as const;
export type AnswerMode = typeof ANSWER_MODES[number];

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
  read(reply: Reply): Reading;
}

/** Creates questions; see {@link questioner}. */
export type Questioner = (
  task: Task,
  criteria: readonly Criterion[],
  video: Video | SampledVideo | PicturedClip,
) => Question;

/** The first form of a question: pictures as requested, and the strictest answer format. */
export function firstForm(question: Question): Form {
  return { step: 0, mode: question.modes[0] };
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
      mode: AnswerMode,
      turns: readonly Turn[],
      urls: readonly string[],
    ): ChatBody => ({
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
      ...(prompt.bare ? {} : sampling(settings)),
      ...responseFormat(mode),
    });
    return {
      model: settings.model,
      asked,
      unasked,
      prompt_hash: sha256(JSON.stringify([before, after])),
      steps,
      modes: prompt.bare ? ["text"] : ANSWER_MODES,
      reasks: !prompt.bare,
      key: ({ step, mode }, turns = []) =>
        keyOf(JSON.parse(JSON.stringify({
          body: bodyOf(mode, turns, []),
          frames: shown.hash,
          pictures: [steps[0], steps[step]],
          repeat: settings.repeat,
        }))),
      body: async ({ step, mode }, turns = []) =>
        bodyOf(mode, turns, await shown.urls(steps[step])),
      size({ step, mode }, turns = []) {
        const schema = mode === "json_schema" ? ANSWER_SCHEMA_TEXT : "";
        return {
          text: [before, after, schema, ...turns.map(({ content }) => content)].join("\n"),
          messages: 1 + turns.length,
          images: shown.positions.map(() => pictureSize(shown, steps[step])),
          max_tokens: prompt.bare ? null : settings.max_tokens,
        };
      },
      read: (reply) => prompt.read(reply, ids),
    };
  };
}

function sampling({ temperature, seed, max_tokens }: AskSettings) {
  return {
    ...(temperature === null ? {} : { temperature }),
    ...(seed === null ? {} : { seed }),
    ...(max_tokens === null ? {} : { max_completion_tokens: max_tokens }),
  };
}

function responseFormat(mode: AnswerMode): Pick<ChatBody, "response_format"> {
  if (mode === "text") return {};
  if (mode === "json_object") return { response_format: { type: mode } };
  const json_schema = { name: "verdicts", strict: true, schema: ANSWER_SCHEMA };
  return { response_format: { type: mode, json_schema } };
}
