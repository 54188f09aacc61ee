import { z } from "zod";
import { PROJECT } from "../lib/paths.ts";
import { assertEquals, assertInputError, assertOk } from "../lib/testing/assert.ts";
import { helpText, parseFlags } from "./cli.ts";
import * as flag from "./flags.ts";

const spec = {
  name: "try",
  summary: "Tries.",
  flags: {
    seeds: flag.seeds,
    rule: flag.rule,
    tasks: flag.tasks,
    run: flag.run,
    force: { schema: z.boolean().default(false), help: "Make all anew." },
  },
};

Deno.test("flags are parsed once, with defaults", () => {
  assertEquals(parseFlags(spec, []), {
    seeds: 3,
    rule: "repaired",
    tasks: undefined,
    run: undefined,
    force: false,
  });
  assertEquals(parseFlags(spec, ["--seeds", "5", "--tasks=1,4-6", "--force"]), {
    seeds: 5,
    rule: "repaired",
    tasks: [1, 4, 5, 6],
    run: undefined,
    force: true,
  });
});

Deno.test("all that is wrong with flags is said together", async () => {
  await assertInputError(
    () => parseFlags(spec, ["--seeds", "0", "--rule", "best", "--sedes=3", "extra"]),
    `--seeds is "0": expected a whole number of 1 or more`,
    `--rule is "best": expected one of repaired, release`,
    "unknown flag --sedes",
    "unknown word extra",
    "deno task try --help",
  );
});

Deno.test("help names every flag, its default, and nothing of a flag without one", () => {
  const help = helpText(spec);
  for (const name of Object.keys(spec.flags)) assertOk(help.includes(`--${name}`), name);
  assertOk(help.includes("seeds 0 to N − 1. (default 3)"));
  assertOk(!help.includes("undefined") && !help.includes("false"));
});

Deno.test("every task answers --help with exit code 0, and an unknown flag with 2", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile(PROJECT.config));
  const commands = Object.entries(tasks as Record<string, { command: string }>);
  await Promise.all(commands.map(async ([name, { command }]) => {
    const [program, ...words] = command.split(" ");
    assertEquals(program, "deno");
    const run = (flags: string[]) =>
      new Deno.Command(Deno.execPath(), {
        args: [...words, ...flags],
        cwd: PROJECT.root,
        env: { NO_COLOR: "1" },
      }).output();
    const help = await run(["--help"]);
    assertEquals(help.code, 0, name);
    assertOk(new TextDecoder().decode(help.stdout).startsWith(`deno task ${name} `), name);
    const wrong = await run(["--no-such-flag"]);
    assertEquals(wrong.code, 2, name);
    assertOk(new TextDecoder().decode(wrong.stderr).includes("unknown flag --no-such-flag"), name);
  }));
});
