/** Servers that refuse a field of a request. */
import type { DialectAnswer, DialectRequest } from "./dialect_server.ts";
import { openaiError, QUESTIONS, type ServerDialect } from "./dialect.ts";

type Body = DialectRequest["body"];

const refusing = (
  test: (body: Body) => boolean,
  status: number,
  body: (sent: Body) => unknown,
  headers?: Record<string, string>,
) =>
({ body: sent }: DialectRequest): DialectAnswer =>
  test(sent) ? { status, body: body(sent), headers } : null;
const has = (name: string) => (body: Body) => name in body;
const format = (body: Body) => (body.response_format as { type?: string } | undefined)?.type;
const once = { outcome: "verdicts" as const, requests: QUESTIONS + 1 };
/** Pydantic's complaint about a field, and what it quotes of the request. */
const extra = (...loc: (string | number)[]) => ({
  type: "extra_forbidden",
  loc: ["body", ...loc],
  msg: "Extra inputs are not permitted",
  input: "the seed and temperature of a cell",
});

/** See {@link ServerDialect}. */
export const FIELD_DIALECTS: readonly ServerDialect[] = [
  {
    name: "OpenAI's reasoning models: only the default temperature",
    answer: refusing(has("temperature"), 400, () =>
      openaiError(
        "Unsupported value: 'temperature' does not support 0 with this model. Only the default (1) value is supported.",
        { param: "temperature", code: "unsupported_value" },
      )),
    ...once,
    note: /^sent without temperature$/,
  },
  {
    name: "Azure, an old version: no seed",
    answer: refusing(
      has("seed"),
      400,
      () => openaiError("Unrecognized request argument supplied: seed"),
    ),
    ...once,
    note: /^sent without seed$/,
  },
  {
    name: "Mistral: two fields, 422, a list inside the message",
    answer: refusing((body) => "seed" in body || "max_completion_tokens" in body, 422, () => ({
      object: "error",
      message: { detail: [extra("max_completion_tokens"), extra("seed")] },
      ...{ type: "invalid_request_error", param: null, code: null },
    })),
    ...once,
    note: /^sent without seed; sent max_tokens for max_completion_tokens$/,
  },
  {
    name: "vLLM, an old version: max_tokens wanted, in Python's words",
    answer: refusing(has("max_completion_tokens"), 400, () => ({
      object: "error",
      message:
        "[{'type': 'extra_forbidden', 'loc': ('body', 'max_completion_tokens'), 'msg': 'Extra inputs are not permitted', 'input': 4096}]",
      ...{ type: "BadRequestError", param: null, code: 400 },
    })),
    ...once,
    note: /^sent max_tokens for max_completion_tokens$/,
  },
  {
    name: "a server that wants max_completion_tokens, as we send it",
    answer: refusing(
      has("max_tokens"),
      400,
      () =>
        openaiError("Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."),
    ),
    outcome: "verdicts",
    requests: QUESTIONS,
  },
  {
    name: "DeepSeek: no schemas",
    answer: refusing((body) => format(body) === "json_schema", 422, () => ({
      error: {
        message:
          "Failed to deserialize the JSON body into the target type: response_format: response_format.type `json_schema` is unavailable now at line 1 column 1193",
      },
    })),
    ...once,
    note: /json_object/,
  },
  {
    name: "no response_format at all (FastAPI)",
    answer: refusing(has("response_format"), 422, () => ({ detail: [extra("response_format")] })),
    ...once,
    note: /without response_format/,
  },
  {
    name: "LM Studio: json_schema of its own kind only, error as a string",
    answer: refusing((body) => format(body) !== undefined, 400, (body) => ({
      error: format(body) === "json_schema"
        ? "response_format.json_schema.strict is not supported"
        : "'response_format.type' must be 'json_schema' or 'text'",
    })),
    outcome: "verdicts",
    requests: QUESTIONS + 2,
    note: /without response_format/,
  },
  {
    name: "Gemini: seed and a schema under another name, one after the other, in a list",
    answer: ({ body }) => {
      const unknown = "seed" in body
        ? 'Unknown name "seed": Cannot find field.'
        : format(body) === "json_schema"
        ? "Unknown name \"additionalProperties\" at 'generation_config.response_schema': Cannot find field."
        : null;
      if (unknown === null) return null;
      const message = `Invalid JSON payload received. ${unknown}`;
      const details = [{ fieldViolations: [{ description: message }] }];
      return {
        status: 400,
        body: [{ error: { code: 400, message, status: "INVALID_ARGUMENT", details } }],
      };
    },
    outcome: "verdicts",
    requests: QUESTIONS + 2,
    note: /^sent without seed; sent without a schema \(json_object\)$/,
  },
  {
    name: "a server that wants the picture's detail",
    answer: refusing(
      (body) => !JSON.stringify(body).includes('"detail":"auto"'),
      422,
      () => ({
        detail: [{
          loc: ["body", "messages", 0, "content", 1, "image_url", "detail"],
          msg: "Field required",
        }],
      }),
    ),
    ...once,
    note: /detail: auto/,
  },
  {
    name: "a server that wants a picture's address alone",
    answer: refusing(
      (body) => JSON.stringify(body).includes('"image_url":{'),
      422,
      () => ({
        detail: [{
          type: "string_type",
          loc: ["body", "messages", 0, "content", 1, "image_url"],
          msg: "Input should be a valid string",
        }],
      }),
    ),
    ...once,
    note: /addresses alone/,
  },
  {
    name: "xAI: no reasoning effort, in camel case",
    settings: { reasoning_effort: "low" },
    answer: refusing(has("reasoning_effort"), 400, () => ({
      code: "Client specified an invalid argument",
      error: "Model grok-4 does not support parameter reasoningEffort.",
    })),
    ...once,
    note: /^sent without reasoning_effort$/,
  },
  {
    name: "OpenRouter: the provider's words as JSON in a string",
    answer: refusing(has("temperature"), 400, () => ({
      error: {
        message: "Provider returned error",
        code: 400,
        metadata: {
          raw: JSON.stringify(openaiError("`temperature` is deprecated for this model.")),
          provider_name: "Anthropic",
        },
      },
    })),
    ...once,
    note: /^sent without temperature$/,
  },
  {
    name: "OpenRouter: no endpoint for a schema, as 404",
    answer: refusing((body) => format(body) === "json_schema", 404, () => ({
      error: { message: "No endpoints found that support response_format json_schema", code: 404 },
    })),
    ...once,
    note: /json_object/,
  },
  {
    name: "llama.cpp: a schema that it cannot turn into a grammar, as 500",
    answer: refusing((body) => format(body) === "json_schema", 500, () => ({
      error: {
        code: 500,
        message: "JSON schema conversion failed: unsupported schema",
        type: "server_error",
      },
    })),
    ...once,
    note: /json_object/,
  },
  {
    name: "a gateway that sends a refused field as a success",
    answer: refusing(has("seed"), 200, () => ({ error: { message: "Invalid parameter: seed" } })),
    ...once,
    note: /^sent without seed$/,
  },
  {
    name: "a field among those that are accepted (serde)",
    answer: refusing(has("seed"), 400, () => ({
      error:
        "unknown field `seed`, expected one of `model`, `messages`, `temperature`, `response_format`",
    })),
    ...once,
    note: /^sent without seed$/,
  },
  {
    name: "a limit of tokens that is too large",
    answer: refusing((body) => Number(body.max_completion_tokens) > 2048, 400, () =>
      openaiError(
        "max_tokens is too large: 4096. This model supports at most 2048 completion tokens, whereas you provided 4096.",
      )),
    ...once,
    note: /^2048 tokens at most$/,
  },
  {
    name: "vLLM: no room for the answer beside the prompt",
    answer: refusing((body) => Number(body.max_completion_tokens) > 3192, 400, () => ({
      object: "error",
      message:
        "This model's maximum context length is 8192 tokens. However, you requested 9096 tokens (5000 in the messages, 4096 in the completion). Please reduce the length of the messages or completion.",
      ...{ type: "BadRequestError", param: null, code: 400 },
    })),
    ...once,
    note: /^2048 tokens at most$/,
  },
  {
    name: "one field after another, until little is left",
    answer: ({ body }) => {
      const refused = ["seed", "temperature", "response_format", "max_completion_tokens"]
        .find((name) => name in body);
      return refused
        ? { status: 400, body: openaiError(`Unknown parameter: '${refused}'.`, { param: refused }) }
        : null;
    },
    outcome: "verdicts",
    requests: QUESTIONS + 4,
    note:
      /^sent without temperature, seed; sent max_tokens for max_completion_tokens; sent without response_format$/,
  },
];
