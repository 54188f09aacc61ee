/** Servers of models that think, and of models that write as they please. */
import type { Completion, DialectAnswer, DialectRequest } from "./dialect_server.ts";
import { QUESTIONS, saying, type ServerDialect } from "./dialect.ts";

const plain = { outcome: "verdicts" as const, requests: QUESTIONS };
const limitOf = ({ body }: DialectRequest) => Number(body.max_completion_tokens ?? body.max_tokens);
/** The answer with every verdict turned. */
const draft = (content: string) => content.replaceAll('"met":true', '"met":false');

/** An answer that needs so many tokens, most of them for thinking. */
const needing =
  (tokens: number, cut: (content: string) => string | null) =>
  (request: DialectRequest): DialectAnswer => ({
    change({ choices: [choice], usage }: Completion) {
      const limit = limitOf(request);
      usage.completion_tokens = Math.min(tokens, limit);
      usage.completion_tokens_details = { reasoning_tokens: usage.completion_tokens - 90 };
      if (tokens <= limit) return;
      choice.message.content = cut(choice.message.content!);
      choice.finish_reason = "length";
    },
  });

/** See {@link ServerDialect}. */
export const THINKING_DIALECTS: readonly ServerDialect[] = [
  {
    name: "DeepSeek R1: a draft in <think>",
    answer: () => saying((given) => `<think>${draft(given)}? Wait.</think>\n\n${given}`),
    ...plain,
  },
  {
    name: "a template that has opened the thinking itself",
    answer: () => saying((given) => `Say ${draft(given)}. No.\n</think>\n${given}`),
    ...plain,
  },
  {
    name: "Kimi: ◁think▷",
    answer: () => saying((given) => `◁think▷${draft(given)}◁/think▷${given}`),
    ...plain,
  },
  {
    name: "Magistral: [THINK]",
    answer: () => saying((given) => `[THINK]${draft(given)}[/THINK]${given}`),
    ...plain,
  },
  {
    name: "gpt-oss: channels that the server has not taken apart",
    answer: () =>
      saying((given) =>
        `<|channel|>analysis<|message|>${
          draft(given)
        }<|end|><|start|>assistant<|channel|>final<|message|>${given}`
      ),
    ...plain,
  },
  {
    name: "several objects: the last that fits counts",
    answer: () =>
      saying((given) => `First ${draft(given)}. On a second look: ${given} {"confident": true}`),
    ...plain,
  },
  {
    name: "TeX inside the reasons: \\mu, \\(",
    answer: () =>
      saying((given) => given.replaceAll("It shows", String.raw`5 \mu m, \(x \in A\): it shows`)),
    ...plain,
  },
  {
    name: "OpenAI: tokens of thinking among the answer's",
    answer: needing(2090, () => null),
    ...plain,
    thinking: 2000,
  },
  {
    name: "xAI: tokens of thinking beside the answer's",
    answer: () => ({
      change({ usage }: Completion) {
        usage.completion_tokens_details = { reasoning_tokens: 700 };
        usage.total_tokens = usage.prompt_tokens + usage.completion_tokens + 700;
      },
    }),
    ...plain,
    thinking: 700,
  },
  {
    name: "Gemini: tokens of thinking in the total alone",
    answer: () => ({
      change({ usage }: Completion) {
        usage.total_tokens = usage.prompt_tokens + usage.completion_tokens + 500;
      },
    }),
    ...plain,
    thinking: 500,
  },
  {
    name: "an answer that is cut off, and whole with twice the room",
    answer: needing(6000, (given) => given.slice(0, 30)),
    outcome: "verdicts",
    // The first two are asked twice; then all get the room.
    requests: QUESTIONS + 2,
    thinking: 5910,
  },
  {
    name: "an answer that is empty for length, and whole with twice the room",
    answer: needing(5000, () => ""),
    outcome: "verdicts",
    requests: QUESTIONS + 2,
    thinking: 4910,
  },
  {
    name: "only thinking comes of it, with any room",
    answer: () => ({
      change({ choices: [{ message }] }: Completion) {
        message.reasoning_content = "Hm. ".repeat(20);
        message.content = null;
      },
    }),
    outcome: {
      line: /first 5 questions.*empty after thinking of 4096.*asked again.*empty after thinking/,
    },
    requests: 2 * 5,
  },
  {
    name: "an answer that is cut off however long it may be",
    answer: needing(1e6, (given) => given.slice(0, 30)),
    outcome: { line: /first 5 questions.*cut off at the limit of tokens of 4096.*cut off/ },
    requests: 2 * 5,
  },
];
