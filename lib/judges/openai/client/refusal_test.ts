import { assertEquals } from "../../../testing/assert.ts";
import { ANSWER_MODES, type AnswerMode, type Dialect, inDialect, PLAIN } from "./dialect.ts";
import { readErrorBody } from "./error_body.ts";
import { newMemory } from "./dialect_memory.ts";
import { merged, otherForm } from "./refusal.ts";
import type { ChatBody } from "./types.ts";

const FORMATS = {
  json_schema: {
    type: "json_schema",
    json_schema: { name: "verdicts", strict: true, schema: {} },
  },
  json_object: { type: "json_object" },
} as const;

/** A request as sent in a dialect, with every field that can be refused. */
function bodyIn(dialect: Dialect): ChatBody {
  const { mode } = dialect;
  const url = "data:image/jpeg;base64,AAAA";
  return inDialect({
    model: "m",
    messages: [{
      role: "user",
      content: [
        { type: "text", text: "The temperature, seed and detail of a cell." },
        { type: "image_url", image_url: { url } },
      ],
    }],
    temperature: 0,
    seed: 0,
    reasoning_effort: "low",
    max_completion_tokens: 4096,
    ...(mode === "text" ? {} : { response_format: FORMATS[mode] }),
  }, dialect);
}

/** Where an error leads. */
function led(status: number, body: unknown, sent: Dialect = PLAIN): Partial<Dialect> | null {
  const { message: words, places } = readErrorBody(body)!;
  const next = otherForm({ status, words, places }, sent, bodyIn(sent));
  if (next === null) return null;
  const changed = Object.entries(next).filter(([name, value]) =>
    JSON.stringify(value) !== JSON.stringify(sent[name as keyof Dialect])
  );
  return Object.fromEntries(changed);
}

const openai = (message: string, param: string | null = null, code: string | null = null) => ({
  error: { message, type: "invalid_request_error", param, code },
});
const google = (message: string) => [{
  error: {
    code: 400,
    message,
    status: "INVALID_ARGUMENT",
    details: [{ fieldViolations: [{ description: message }] }],
  },
}];
const at = (mode: AnswerMode): Dialect => ({ ...PLAIN, mode });

Deno.test("a refused field leads to the request without it, or to its other form", () => {
  const cases: [number, unknown, Partial<Dialect> | null, Dialect?][] = [
    // Named in a field of the error.
    [
      400,
      openai("Unsupported value: 'temperature' does not support 0 with this model.", "temperature"),
      { without: ["temperature"] },
    ],
    [
      400,
      openai("Unrecognized request argument supplied: seed", null),
      { without: ["seed"] },
    ],
    // Two at once, in a list.
    [
      400,
      google(
        'Unknown name "temperature": Cannot find field.\nUnknown name "seed": Cannot find field.',
      ),
      { without: ["temperature", "seed"] },
    ],
    // FastAPI, Mistral with its message as an object, vLLM with Python's own.
    [
      422,
      {
        detail: [{
          type: "extra_forbidden",
          loc: ["body", "seed"],
          msg: "Extra inputs are not permitted",
          input: { temperature: 0 },
        }],
      },
      { without: ["seed"] },
    ],
    [
      422,
      {
        object: "error",
        message: {
          detail: [{
            type: "extra_forbidden",
            loc: ["body", "max_completion_tokens"],
            msg: "Extra inputs are not permitted",
            input: 4096,
          }],
        },
        type: "invalid_request_error",
      },
      { cap: "max_tokens" },
    ],
    [
      400,
      {
        object: "error",
        message:
          "[{'type': 'extra_forbidden', 'loc': ('body', 'max_completion_tokens'), 'msg': 'Extra inputs are not permitted', 'input': 4096}]",
        type: "BadRequestError",
        param: null,
        code: 400,
      },
      { cap: "max_tokens" },
    ],
    [
      400,
      openai(
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
        "max_tokens",
      ),
      { cap: "none" },
      { ...PLAIN, cap: "max_tokens" },
    ],
    // Camel case, and an error that is a string.
    [
      400,
      {
        code: "Client specified an invalid argument",
        error: "Model grok-4 does not support parameter reasoningEffort.",
      },
      { without: ["reasoning_effort"] },
    ],
    [400, { error: "unknown field: maxCompletionTokens" }, { cap: "max_tokens" }],
    // What is accepted is not what is refused.
    [
      400,
      {
        error:
          "unknown field `seed`, expected one of `model`, `messages`, `temperature`, `response_format`",
      },
      { without: ["seed"] },
    ],
    [
      400,
      {
        error:
          "Unsupported parameter: seed. Supported parameters are temperature, max_completion_tokens",
      },
      { without: ["seed"] },
    ],
    // A provider behind a gateway, as JSON in a string.
    [
      400,
      {
        error: {
          message: "Provider returned error",
          code: 400,
          metadata: { raw: JSON.stringify(openai("`temperature` is deprecated for this model.")) },
        },
      },
      { without: ["temperature"] },
    ],
    // A gateway's own names around the provider's error (Databricks), and a list of errors.
    [
      400,
      {
        error_code: "BAD_REQUEST",
        message: JSON.stringify({
          external_model_provider: "anthropic",
          external_model_error: { inner: { message: "seed: Extra inputs are not permitted" } },
        }),
      },
      { without: ["seed"] },
    ],
    [400, { success: false, errors: [{ code: 7000, message: 'json: unknown field "seed"' }] }, {
      without: ["seed"],
    }],
    // Maps whose keys are the fields (Rails, Django).
    [422, { errors: { seed: ["is not a permitted parameter"] } }, { without: ["seed"] }],
    [400, { temperature: ["This field is not allowed."] }, { without: ["temperature"] }],
    // Answer formats, by any name.
    [
      400,
      openai("This response_format type is unavailable now"),
      { mode: "json_object" },
    ],
    [
      422,
      "Failed to deserialize the JSON body: response_format.type `json_schema` is unavailable now"
        .split("\n"),
      { mode: "json_object" },
    ],
    [
      422,
      {
        error: {
          message:
            "Failed to deserialize the JSON body into the target type: response_format: response_format.type `json_schema` is unavailable now",
        },
      },
      { mode: "json_object" },
    ],
    [
      400,
      { error: "'response_format.type' must be 'json_schema' or 'text'" },
      { mode: "text" },
      at("json_object"),
    ],
    [
      400,
      google(
        "Unknown name \"additionalProperties\" at 'generation_config.response_schema': Cannot find field.",
      ),
      { mode: "json_object" },
    ],
    [
      400,
      google("Unknown name \"responseJsonSchema\" at 'generation_config': Cannot find field."),
      { mode: "json_object" },
    ],
    [400, { detail: "guided decoding is not supported with this backend" }, {
      mode: "json_object",
    }],
    [
      400,
      { detail: [{ loc: ["body", "response_format"], msg: "extra fields not permitted" }] },
      { mode: "text" },
    ],
    [500, { error: { code: 500, message: "JSON schema conversion failed: unsupported schema" } }, {
      mode: "json_object",
    }],
    [404, openai("No endpoints found that support response_format json_schema"), {
      mode: "json_object",
    }],
    // Pictures' detail, asked for and refused, and pictures as addresses.
    [
      422,
      {
        detail: [{
          loc: ["body", "messages", 0, "content", 1, "image_url", "detail"],
          msg: "Field required",
        }],
      },
      { image: "detail" },
    ],
    [
      400,
      openai(
        "Unknown parameter: 'messages[0].content[1].image_url.detail'.",
        "messages[0].content[1].image_url.detail",
      ),
      { image: "object" },
      { ...PLAIN, image: "detail" },
    ],
    [
      422,
      {
        detail: [{
          loc: ["body", "messages", 0, "content", 1, "image_url"],
          msg: "Input should be a valid string",
        }],
      },
      { image: "address" },
    ],
    // Limits that are too large.
    [
      400,
      openai(
        "max_tokens is too large: 4096. This model supports at most 2048 completion tokens, whereas you provided 4096.",
      ),
      { most_tokens: 2048 },
    ],
    [
      400,
      openai(
        "This model's maximum context length is 8192 tokens. However, you requested 9096 tokens (5000 in the messages, 4096 in the completion).",
      ),
      { most_tokens: 2048 },
    ],
    [
      400,
      openai(
        "'max_tokens' or 'max_completion_tokens' is too large: 4096. This model's maximum context length is 4000 tokens and your request has 3100 input tokens (4096 > 4000 - 3100).",
      ),
      { most_tokens: 512 },
    ],
    // What another form cannot mend; a detail that was not sent is not what is refused.
    [400, openai("Unknown parameter: 'messages[0].content[1].image_url.detail'."), null],
    [400, openai("max_tokens must be at least 1, got -1200."), null],
    [
      500,
      openai(
        'Failed to parse messages: Unsupported content part type: "image_url"; messages = [{"content": "The temperature of a seed"}]',
      ),
      null,
    ],
    [400, openai("At most 1 image(s) may be provided in one request."), null],
    [
      400,
      openai(
        "This model's maximum context length is 4096 tokens. However, your messages resulted in 9000 tokens.",
      ),
      null,
    ],
    [400, google("API key not valid. Please pass a valid API key."), null],
    [403, openai("Your input was flagged"), null],
    [500, openai("The server had an error"), null],
    [429, openai("Rate limit reached for seed requests, unsupported"), null],
    [404, { detail: "Not Found" }, null],
    [400, { error: { message: "Bad request" } }, null],
  ];
  for (const [status, body, expected, sent] of cases) {
    assertEquals(led(status, body, sent), expected, JSON.stringify(body));
  }
});

Deno.test("a field that was not sent is never what is refused, and no form is tried twice", () => {
  const words = "temperature, seed, response_format and max_tokens are not supported";
  const seen = new Set<string>();
  let dialect: Dialect | null = PLAIN;
  while (dialect !== null) {
    const name = JSON.stringify(dialect);
    assertEquals(seen.has(name), false, name);
    seen.add(name);
    dialect = otherForm({ status: 400, words, places: [] }, dialect, bodyIn(dialect));
  }
  assertEquals(seen.size <= 2 + ANSWER_MODES.length, true, `${seen.size} forms`);
});

Deno.test("what requests find out at once adds up, and is not undone by one sent before", () => {
  const seedless: Dialect = { ...PLAIN, without: ["seed"] };
  const both = merged(seedless, PLAIN, { ...PLAIN, without: ["temperature"], cap: "max_tokens" });
  assertEquals(both, { ...PLAIN, without: ["temperature", "seed"], cap: "max_tokens" });
  assertEquals(merged(both, PLAIN, { ...PLAIN, cap: "max_tokens" }), both);
  assertEquals(merged(at("text"), PLAIN, at("json_object")).mode, "text");
  const lower = merged({ ...PLAIN, most_tokens: 512 }, PLAIN, { ...PLAIN, most_tokens: 2048 });
  assertEquals(lower.most_tokens, 512);
});

Deno.test("what one line of a batch found out is not undone by the next, sent in the same form", () => {
  const memory = newMemory();
  memory.adopt({ ...PLAIN, image: "detail" }, PLAIN);
  memory.adopt({ ...PLAIN, without: ["seed"] }, PLAIN);
  assertEquals(memory.known, { ...PLAIN, image: "detail", without: ["seed"] });
});
