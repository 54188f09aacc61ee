/** npm:openai as this project uses it. */
import OpenAI, { type ClientOptions } from "openai";
import type { Address } from "./address.ts";

/**
 * The package's client for a server, without reading the environment: neither another key nor an
 * organization can get into a request. A null key sends no authentication; headers of the user's own
 * stand in place of ours.
 *
 * @param given.apiKeyHeader Whether the key goes into the header `api-key`, as Azure wants it.
 */
export function openaiApi(
  { baseUrl, query, apiKeyHeader, apiKey, headers = {}, ...options }:
    & Address
    & { apiKey: string | null; headers?: Readonly<Record<string, string>> }
    & Pick<ClientOptions, "maxRetries" | "fetch" | "timeout">,
): OpenAI {
  const own = Object.keys(headers).map((name) => name.toLowerCase());
  const inOwnHeader = apiKeyHeader && apiKey !== null;
  const silent = apiKey === null || inOwnHeader || own.includes("authorization") ||
    own.includes("api-key");
  return new OpenAI({
    baseURL: baseUrl,
    apiKey: apiKey ?? "none",
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    defaultQuery: query,
    defaultHeaders: {
      ...(silent ? { Authorization: null } : {}),
      ...(inOwnHeader ? { "api-key": apiKey } : {}),
      ...headers,
    },
    logLevel: "off",
    ...options,
  });
}
