/** What Deno holds back of each task, tried from inside its permission set. */
import { join } from "node:path";
import { PROJECT } from "../lib/paths.ts";
import { assertEquals, assertOk } from "../lib/testing/assert.ts";
import { inFolder } from "../lib/testing/folder.ts";

const { tasks, permissions } = JSON.parse(await Deno.readTextFile(PROJECT.config)) as {
  tasks: Record<string, { command: string }>;
  permissions: Record<string, Record<string, unknown>>;
};

/** Tasks that run Python, Jupyter or Deno, and so may do all that their user may. */
const FREE = ["train", "notebooks", "lab", "bench", "test"];

Deno.test("only tasks that run other programs have all permissions, and no set may run one", () => {
  for (const [name, { command }] of Object.entries(tasks)) {
    const [, set] = / -P=(\w+) /.exec(command) ?? [];
    if (FREE.includes(name)) assertOk(/ -A /.test(command), name);
    else assertOk(set !== undefined && set in permissions && !/ -A|--allow/.test(command), name);
  }
  for (const [name, set] of Object.entries(permissions)) {
    assertOk(!("run" in set) && !("all" in set) && set.sys !== true, name);
    // With all of it, a program is run by libc; where nothing is named, a module may come from jsr.io.
    assertOk(set.ffi !== true && Array.isArray(set.import), name);
  }
  assertEquals(
    Object.keys(permissions).filter((name) => "net" in permissions[name]),
    ["fetch", "online"],
  );
});

/** Tries each thing and prints what was let through. */
const TRY = `
const tried = {
  run: () => new Deno.Command("git", { args: ["--version"] }).output(),
  net: () => fetch(Deno.args[0]).then((answer) => answer.text()),
  foreign: () => Deno.connect({ hostname: "192.0.2.1", port: 9, signal: AbortSignal.timeout(50) }),
  env: () => Deno.env.get("SECRET_OF_A_TEST"),
  ffi: () => Deno.dlopen("/no/such/library.so", {}),
  libc: () => Deno.dlopen("libc.so.6", { system: { parameters: ["buffer"], result: "i32" } }),
  import: () => import("https://jsr.io/no/such.ts"),
  read: () => Deno.readTextFile(import.meta.filename),
  write: () => Deno.writeTextFile(Deno.args[1], ""),
};
const allowed = [];
for (const [name, attempt] of Object.entries(tried)) {
  try {
    await attempt();
    allowed.push(name);
  } catch (error) {
    if (!/^Requires \\w+ access/.test(error.message)) allowed.push(name);
  }
}
console.log(allowed.join(" "));
`;

Deno.test("each set lets through what its tasks need, and neither programs nor other servers", () =>
  inFolder(async (folder) => {
    await using server = Deno.serve({ port: 0, onListen() {} }, () => new Response("ok"));
    const script = join(folder, "try.ts");
    await Deno.writeTextFile(script, TRY);
    const address = `http://127.0.0.1:${server.addr.port}`;
    const allowed = await Promise.all(
      Object.keys(permissions).map(async (set) => {
        const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
          args: [
            ...[
              "run",
              "--no-prompt",
              "--no-check",
              "--config",
              PROJECT.config,
              `-P=${set}`,
              script,
            ],
            ...[address, join(folder, `written-${set}`)],
          ],
          env: { NO_COLOR: "1", SECRET_OF_A_TEST: "s" },
        }).output();
        const text = new TextDecoder().decode(stdout).trim();
        return [set, text || new TextDecoder().decode(stderr)];
      }),
    );
    assertEquals(Object.fromEntries(allowed), {
      tables: "read write",
      offline: "read write",
      fetch: "read write",
      online: "net foreign env read write",
    });
  }));
