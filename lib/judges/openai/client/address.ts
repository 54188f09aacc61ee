/** A server's address as typed: what of it is a path, a version, or a secret. */
import { InputError } from "../../../errors.ts";
import { publicUrl } from "./secret.ts";

/** Parameters of a query that are no secret. */
const OPEN = ["api-version", "api_version", "version", "deployment", "region", "project", "route"];

/** Where and how requests are sent. */
export interface Address {
  /** Without a query. */
  baseUrl: string;
  /** Parameters sent with each request, such as Azure's `api-version`. */
  query: Record<string, string>;
  /** Whether the key goes into the header `api-key`, as Azure wants it. */
  apiKeyHeader: boolean;
}

/**
 * Reads a base URL. Credentials in it are refused, as it is written into `run.json` and shown in
 * messages: a user and password, a key in the query, a fragment.
 *
 * @throws {InputError} for credentials, a parameter that may be one, or what is no base URL; no
 * message repeats what may be secret.
 * @example
 * ```ts
 * import { assertEquals, assertInputError } from "../../../testing/assert.ts";
 * import { addressOf } from "./address.ts";
 *
 * const azure = "https://me.openai.azure.com/openai/deployments/gpt-4o?api-version=2024-10-21";
 * assertEquals(addressOf(azure), {
 *   baseUrl: "https://me.openai.azure.com/openai/deployments/gpt-4o",
 *   query: { "api-version": "2024-10-21" },
 *   apiKeyHeader: true,
 * });
 * await assertInputError(() => addressOf("http://me:word@host/v1"), "http://host/v1", "password");
 * ```
 */
export function addressOf(typed: string): Address {
  const shown = publicUrl(typed);
  if (!/^https?:\/\/[^\\]*$/i.test(typed) || !URL.canParse(typed)) {
    throw new InputError(
      `Cannot ask a judge at ${shown || "an empty address"}; expected a base URL such as ` +
        "https://api.openai.com/v1",
    );
  }
  const url = new URL(typed);
  const secret = secretIn(url);
  if (secret !== null) {
    throw new InputError(
      `Cannot ask a judge at ${shown}: the address holds ${secret}, and addresses are recorded. ` +
        "Put a key into OPENAI_API_KEY, or into a header with --header NAME=VARIABLE",
    );
  }
  const query = Object.fromEntries(url.searchParams);
  const azure = /\.azure\.com$/.test(url.hostname) || "api-version" in query ||
    /\/openai\/deployments\//.test(url.pathname);
  return { baseUrl: shown, query, apiKeyHeader: azure };
}

/** What of an address may be a credential, in words; null for nothing. */
function secretIn({ username, password, searchParams, hash, pathname }: URL): string | null {
  if (username || password) return "a user name or password";
  const name = [...searchParams.keys()].find((key) => !OPEN.includes(key.toLowerCase()));
  if (name !== undefined) {
    return `the parameter ${JSON.stringify(name.slice(0, 40))}, which may be a key (expected no ` +
      `other than ${OPEN[0]})`;
  }
  if (hash) return "a fragment (#…)";
  if (/\/(sk-|key-)[\w-]{8,}/.test(pathname)) return "what looks like a key";
  if (/[;=]|%3[bd]/i.test(pathname)) return "a parameter in its path, which may be a key";
  return null;
}

/**
 * The proxy that Deno sends a request through, as the environment has it, without its password; null
 * for none. Loopback addresses are asked directly: tasks see to that (`tasks/work/environment.ts`).
 *
 * @param environment `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`, in either case.
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { proxyOf } from "./address.ts";
 *
 * const environment = { HTTPS_PROXY: "http://me:word@proxy.lab:3128", NO_PROXY: ".lab,10.0.0.1" };
 * assertEquals(proxyOf("https://api.openai.com/v1", environment), "http://proxy.lab:3128 (HTTPS_PROXY)");
 * assertEquals(proxyOf("https://gpu.lab/v1", environment), null);
 * assertEquals(proxyOf("http://api.openai.com/v1", environment), null);
 * ```
 */
export function proxyOf(
  baseUrl: string,
  environment: Readonly<Record<string, string | undefined>>,
): string | null {
  if (!URL.canParse(baseUrl)) return null;
  const { protocol, hostname } = new URL(baseUrl);
  const host = hostname.replace(/^\[|\]$/g, "");
  if (isLoopback(host)) return null;
  const names = protocol === "https:" ? ["HTTPS_PROXY", "ALL_PROXY"] : ["HTTP_PROXY", "ALL_PROXY"];
  const valueOf = (name: string) => environment[name.toLowerCase()] || environment[name];
  const except = (valueOf("NO_PROXY") ?? "").split(",").map((one) => one.trim()).filter(Boolean);
  const direct = except.some((one) => {
    const domain = one.replace(/^\*?\./, "");
    return one === "*" || host === domain || host.endsWith(`.${domain}`);
  });
  if (direct) return null;
  const name = names.find(valueOf);
  return name === undefined ? null : `${publicUrl(valueOf(name)!)} (${name})`;
}

/** Whether a host is this machine itself. */
function isLoopback(host: string): boolean {
  return host === "localhost" || host.endsWith(".localhost") || /^127\.\d+\.\d+\.\d+$/.test(host) ||
    host === "::1";
}
