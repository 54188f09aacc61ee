/** Servers that refuse every request, or one question of many, and those that want to be asked otherwise. */
import type { DialectAnswer, DialectRequest } from "./dialect_server.ts";
import { openaiError, QUESTIONS, type ServerDialect } from "./dialect.ts";

const always = (status: number, body: unknown, headers?: Record<string, string>) => () => ({
  ...{ status, body, headers },
});
/** The same for the nth question alone, which names its clip. */
const flagging =
  (nth: number, status: number, body: unknown) => ({ asked }: DialectRequest): DialectAnswer =>
    asked.text.includes(`Clip ${nth} `) ? { status, body } : null;
const line = (pattern: RegExp, requests: number) => ({ outcome: { line: pattern }, requests });
const oneNull = (reason: RegExp) => ({ outcome: { nulls: 1, reason }, requests: QUESTIONS });

/** See {@link ServerDialect}. */
export const STOPPING_DIALECTS: readonly ServerDialect[] = [
  {
    name: "llama.cpp without mmproj: no pictures, as 500",
    answer: always(500, {
      error: {
        code: 500,
        message:
          "image input is not supported - hint: if this is unexpected, you may need to provide the mmproj",
        type: "server_error",
      },
    }),
    ...line(/image input is not supported.*every request.*takes pictures/, 5),
  },
  {
    name: "DeepSeek: no pictures, as an unknown variant",
    answer: always(400, {
      error: {
        message:
          "Failed to deserialize the JSON body into the target type: messages[0]: unknown variant `image_url`, expected `text` at line 1 column 1024",
        type: "invalid_request_error",
      },
    }),
    ...line(/unknown variant `image_url`.*takes pictures/, 5),
  },
  {
    name: "OpenRouter: no pictures, as 404",
    answer: always(404, {
      error: { message: "No endpoints found that support image input", code: 404 },
    }),
    ...line(/No endpoints found that support image input.*takes pictures/, 1),
  },
  {
    name: "vLLM: one picture only",
    answer: always(400, {
      object: "error",
      message: "At most 1 image(s) may be provided in one request.",
      ...{ type: "BadRequestError", param: null, code: 400 },
    }),
    ...line(/At most 1 image.*--frames 1.*limit-mm-per-prompt/, 5),
  },
  {
    name: "Groq: five pictures at most",
    answer: always(
      400,
      openaiError("Too many images provided. This model supports up to 5 images"),
    ),
    ...line(/up to 5 images.*--frames 5/, 5),
  },
  {
    name: "a maximum number of pictures, in words like those of sizes",
    answer: always(400, openaiError("The number of images exceeds the maximum of 4")),
    ...line(/exceeds the maximum of 4.*--frames 4/, 5),
  },
  {
    name: "llama.cpp: the context is too small, other numbers each time",
    answer: ({ asked }) => ({
      status: 400,
      body: {
        error: {
          code: 400,
          message: `request (${
            9000 + asked.nth
          } tokens) exceeds the available context size (4096 tokens), try increasing it`,
          type: "exceed_context_size_error",
        },
      },
    }),
    ...line(/exceeds the available context size.*--frames.*max-model-len/, 5),
  },
  {
    name: "Gemini: a key refused with 400, in a list",
    answer: always(400, [{
      error: {
        code: 400,
        message: "API key not valid. Please pass a valid API key.",
        status: "INVALID_ARGUMENT",
        details: [{ reason: "API_KEY_INVALID", domain: "googleapis.com" }],
      },
    }]),
    ...line(/API key not valid.*OPENAI_API_KEY/, 1),
  },
  {
    name: "OpenAI: a wrong key",
    answer: always(401, openaiError("Incorrect API key provided", { code: "invalid_api_key" })),
    ...line(/Incorrect API key.*OPENAI_API_KEY/, 1),
  },
  {
    name: "Groq: the day's tokens are used up",
    answer: always(429, {
      error: {
        message:
          "Rate limit reached for model `llama` on tokens per day (TPD): Limit 100000, Used 97050, Requested 3619. Please try again in 9m38.016s.",
        ...{ type: "tokens", code: "rate_limit_exceeded" },
      },
    }, { "retry-after": "579" }),
    ...line(/tokens per day.*renewed/, 1),
  },
  {
    name: "OpenRouter: the day's free requests are used up",
    answer: always(429, {
      error: { message: "Rate limit exceeded: free-models-per-day. Add 10 credits", code: 429 },
    }),
    ...line(/free-models-per-day.*renewed/, 1),
  },
  {
    name: "LM Studio without /v1: an error as a success",
    path: "",
    answer: always(200, { error: "Unexpected endpoint or method. (POST /chat/completions)" }),
    ...line(/Unexpected endpoint.*--base-url http:\S+\/v1$/, 5),
  },
  {
    name: "vLLM without /v1: 404",
    path: "",
    answer: always(404, { detail: "Not Found" }),
    ...line(/Not Found; the address may lack its version: --base-url http:\S+\/v1$/, 1),
  },
  {
    name: "an address with the endpoint in it",
    path: "/v1/chat/completions",
    answer: always(404, {
      error: { message: "Invalid URL (POST /v1/chat/completions/chat/completions)" },
    }),
    ...line(/Invalid URL.*leave \/chat\/completions out: --base-url http:\S+\/v1$/, 1),
  },
  {
    name: "Azure without a deployment",
    path: "/openai/deployments?api-version=2024-10-21",
    answer: always(404, { error: { code: "404", message: "Resource not found" } }),
    ...line(/Resource not found; an address at Azure ends in/, 1),
  },
  {
    name: "Open WebUI without /v1: its own page",
    path: "",
    answer: always(200, "<!doctype html><html><body>Open WebUI</body></html>"),
    // Five attempts of the first question, two of the second: a page may pass.
    ...line(/web page.*--base-url http:\S+\/v1$/, 7),
  },
  {
    name: "an error as a success, in a list",
    answer: always(200, [{ error: { message: "The requested model cannot be loaded" } }]),
    ...line(/cannot be loaded.*every request/, 5),
  },
  {
    name: "a server of text alone that does not say so",
    answer: always(422, { detail: "Unprocessable content" }),
    ...line(
      /HTTP 422: Unprocessable content \(the answer to every request.*--temperature default/,
      5,
    ),
  },
  {
    name: "403 to all",
    answer: always(403, openaiError("You have no access to this model")),
    ...line(/HTTP 403: You have no access.*what the key may use/, 1),
  },
  {
    name: "403 to all, as flagged",
    answer: always(403, openaiError("Your input was flagged")),
    ...line(/HTTP 403: Your input was flagged.*every request.*another model/, 5),
  },
  {
    name: "OpenRouter: one question is flagged with 403",
    answer: flagging(3, 403, {
      error: {
        code: 403,
        message: 'Your chosen model requires moderation and your input was flagged for "violence"',
        metadata: { reasons: ["violence"], provider_name: "OpenAI" },
      },
    }),
    ...oneNull(/HTTP 403: .*flagged/),
  },
  {
    name: "a gateway that forbids one question without a word of why",
    answer: flagging(2, 403, "Forbidden"),
    ...oneNull(/HTTP 403: Forbidden/),
  },
  {
    name: "Azure: its content filter, with 400",
    answer: flagging(
      5,
      400,
      openaiError(
        "The response was filtered due to the prompt triggering Azure OpenAI's content management policy. Please modify your prompt and retry.",
        { param: "prompt", code: "content_filter" },
      ),
    ),
    ...oneNull(/content management policy/),
  },
  {
    name: "one question refused in words that name fields: the others are asked as before",
    answer: flagging(3, 400, openaiError("No answer for this at temperature 0 with seed 0")),
    outcome: { nulls: 1, reason: /No answer for this/ },
    note: /^$/,
    requests: QUESTIONS + 1,
  },
  {
    name: "a gateway that quotes the whole request in its error",
    answer: ({ asked, body }) =>
      asked.text.includes("Clip 4 ")
        ? { status: 400, body: { error: `Cannot process ${JSON.stringify(body)}` } }
        : null,
    ...oneNull(/Cannot process/),
  },
  {
    name: "Azure: api-key, a deployment's path and a version",
    path: "/openai/deployments/gpt-4o?api-version=2024-10-21",
    apiKey: "0123456789abcdef0123456789abcdef",
    answer: ({ path, query, headers }) => {
      const right = headers.get("api-key") === "0123456789abcdef0123456789abcdef" &&
        !headers.has("authorization") && query.get("api-version") === "2024-10-21" &&
        path === "/openai/deployments/gpt-4o/chat/completions";
      return right
        ? null
        : { status: 401, body: openaiError("Access denied due to invalid subscription key") };
    },
    outcome: "verdicts",
    requests: QUESTIONS,
  },
  {
    name: "a gateway with a header of its own",
    headers: { "x-gateway-token": "gw-0123456789abcdef" },
    answer: ({ headers }) =>
      headers.get("x-gateway-token") === "gw-0123456789abcdef"
        ? null
        : { status: 401, body: { message: "missing token" } },
    outcome: "verdicts",
    requests: QUESTIONS,
  },
];
