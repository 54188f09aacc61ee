/** npm:openai as this project uses it. */
import OpenAI, { type ClientOptions } from "openai";

/**
 * The package's client for a server, without reading the environment: neither another key nor an
 * organization can get into a request. A null key sends no authentication.
 */
export function openaiApi(
  { baseUrl, apiKey, ...options }:
    & { baseUrl: string; apiKey: string | null }
    & Pick<ClientOptions, "maxRetries" | "fetch" | "timeout">,
): OpenAI {
  return new OpenAI({
    baseURL: baseUrl,
    apiKey: apiKey ?? "none",
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    defaultHeaders: apiKey === null ? { Authorization: null } : {},
    logLevel: "off",
    ...options,
  });
}
