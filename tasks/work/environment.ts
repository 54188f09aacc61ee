/** What tasks read of the environment for the library, which reads none of it. */

/** The variables that an entry asks for, such as the key of a server. */
export function environmentOf<Options>(
  { entry, options }: {
    entry: { environment?(options: Options): readonly string[] };
    options: Options;
  },
): Record<string, string | undefined> {
  const names = entry.environment?.(options) ?? [];
  return Object.fromEntries(names.map((name) => [name, Deno.env.get(name)]));
}

/** Hosts of this machine, as `NO_PROXY` names them. */
const LOOPBACK = ["localhost", "127.0.0.1", "127.0.0.0/8", "::1", "[::1]"];

/**
 * Keeps requests to this machine away from proxies: Deno's `fetch` would send them there, where they
 * reach another machine or nobody. To be called before the first request.
 */
export function spareLoopback(): void {
  const now = Deno.env.get("no_proxy") ?? Deno.env.get("NO_PROXY") ?? "";
  const hosts = [...now.split(",").map((host) => host.trim()).filter(Boolean), ...LOOPBACK];
  // Either name may be read first.
  for (const name of ["NO_PROXY", "no_proxy"]) Deno.env.set(name, [...new Set(hosts)].join(","));
}
