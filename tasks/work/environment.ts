/** What tasks read of the environment for the library, which reads none of it. */

/** The variables that an entry asks for, such as the key of a server. */
export function environmentOf(
  { environment = [] }: { environment?: readonly string[] },
): Record<string, string | undefined> {
  return Object.fromEntries(environment.map((name) => [name, Deno.env.get(name)]));
}
