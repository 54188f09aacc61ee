import { z } from "zod";
import { count, flag, numbersOr, text, words } from "../lib/options.ts";
import { PROJECT } from "../lib/paths.ts";
import type { Entry } from "../lib/registry.ts";
import { assertEquals, assertInputError, assertOk } from "../lib/testing/assert.ts";
import { spawnTask } from "../lib/testing/tasks.ts";
import type { Task } from "./cli.ts";
import * as shared from "./flags.ts";
import { task as generate } from "./generate.ts";
import { helpText } from "./help.ts";
import { task as lab } from "./lab.ts";
import { parseFlags } from "./parse_flags.ts";
import { TASKS } from "./registry.ts";

const plain: Task = {
  name: "try",
  summary: "Tries.",
  flags: {
    seeds: numbersOr("Seeds.", "0-2"),
    rule: shared.rule,
    tasks: shared.tasks,
    model: words("LIST", "Models."),
    run: shared.run,
    force: flag("Make all anew."),
  },
};

/** Two models: one with steps, one with steps of its own and a LoRA. */
const nano = entry("nano", z.object({ steps: count("Steps.", 12) }));
const wan = entry("wan", z.object({ steps: count("Steps.", 50), lora: text("FILE", "A LoRA.") }));

function entry(name: string, options: z.ZodObject): Entry {
  return { name, syntax: [{ form: name, help: `what ${name} is` }], help: name, options };
}

const choosing: Task = {
  ...plain,
  choice: { flag: "what", registry: { nano, wan }, what: "model", help: "Which.", initial: "nano" },
};

Deno.test("flags are parsed once, with defaults, in both forms", () => {
  const none = { tasks: undefined, model: undefined, run: undefined };
  assertEquals(parseFlags(plain, []).resolved, {
    ...{ seeds: [0, 1, 2], rule: "repaired", ...none, force: false },
  });
  const args = ["--seeds", "42", "--tasks=1,4-6", "--model", "a, b", "--run=x=y", "--force"];
  assertEquals(parseFlags(plain, args).resolved, {
    ...{ seeds: [42], rule: "repaired", tasks: [1, 4, 5, 6], model: ["a", "b"] },
    ...{ run: "x=y", force: true },
  });
});

Deno.test("all that is wrong with flags is said together, with the nearest name", async () => {
  const args = ["--seeds", "1-0", "--rule", "best", "--sedes=3", "--forse", "yes", "extra"];
  const message = await assertInputError(
    () => parseFlags(plain, [...args, "--run", "a", "--run", "b", "--model"]),
    `--seeds is "1-0": 1-0 is not an ascending range`,
    `--rule is "best": expected repaired, release`,
    "unknown flag --sedes; did you mean --seeds?",
    "unknown flag --forse; did you mean --force?",
    "unknown word extra",
    "--run is given 2 times",
    `--model is ""`,
    "deno task try --help",
  );
  assertOk(!message.includes("unknown word yes"), message);
  await assertInputError(() => parseFlags(plain, ["--zzz"]), /unknown flag --zzz\n/);
});

Deno.test("an entry brings its own options, with its own defaults", () => {
  const { flags, resolved } = parseFlags(choosing, ["--what", "mine=wan", "--lora", "f"]);
  assertEquals(flags.what.spec.label, "mine");
  assertEquals(flags.what.options, { steps: 50, lora: "f" });
  assertEquals([resolved.what, resolved.steps, resolved.lora], ["mine=wan", 50, "f"]);
  assertEquals(parseFlags(choosing, []).resolved.steps, 12);
});

Deno.test("an option of another entry is an error that says whose it is", async () => {
  await assertInputError(
    () => parseFlags(choosing, ["--lora", "f"]),
    "--lora is an option of wan; nano takes --steps",
  );
  await assertInputError(
    () => parseFlags(choosing, ["--what", "wna"]),
    "did you mean wan?",
    "what nano is",
  );
  await assertInputError(() => parseFlags(choosing, ["--what", "wan:x"]), "expected wan");
  await assertInputError(() => parseFlags(choosing, ["--lroa", "f"]), "did you mean --lora?");
  const required: Task = { ...choosing, choice: { ...choosing.choice!, initial: undefined } };
  await assertInputError(() => parseFlags(required, []), "--what is missing", "what wan is");
  const optional: Task = { ...choosing, choice: { ...choosing.choice!, initial: null } };
  assertEquals(parseFlags(optional, []).flags.what, null as never);
  await assertInputError(() => parseFlags(optional, ["--lora", "f"]), "name one with --what");
});

Deno.test("help names every flag and default, every entry, and each one's own options", () => {
  const help = helpText(choosing);
  for (const name of Object.keys(plain.flags)) assertOk(help.includes(`--${name} `), name);
  assertOk(help.includes("Seeds. (default 0-2)") && help.includes("Which. (default nano)"));
  const [own, ofNano, ofWan] = help.split(/\nOptions of .*:\n/);
  assertOk(own.includes("  nano") && own.includes("what wan is"), own);
  assertOk(ofNano.includes("(default 12)") && !ofNano.includes("lora"), ofNano);
  assertOk(ofWan.includes("(default 50)") && ofWan.includes("--lora FILE"), ofWan);
  assertOk(!help.includes("undefined") && !help.includes("false"));
});

Deno.test("no flag of a task has the name of an entry's option, and entries agree on values", async () => {
  for (const [name, load] of Object.entries(TASKS)) {
    const { flags, choice } = await load();
    const kinds = new Map<string, boolean>();
    for (const { options } of Object.values(choice?.registry ?? {})) {
      for (const [option, schema] of Object.entries(options.shape)) {
        const takesValue = (schema.meta() as { value?: string }).value !== undefined;
        assertOk(!(option in flags) && option !== choice!.flag, `${name} --${option}`);
        assertEquals(kinds.get(option) ?? takesValue, takesValue, `${name} --${option}`);
        kinds.set(option, takesValue);
      }
    }
  }
});

Deno.test("deno.json's tasks are the registry's, each in its file, with its work beside", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile(PROJECT.config));
  assertEquals(Object.keys(tasks).sort(), Object.keys(TASKS).sort());
  for (const [name, load] of Object.entries(TASKS)) {
    const task = await load();
    assertEquals(task.name, name);
    if (task.work) assertEquals(typeof (await import(task.work.href)).run, "function", name);
  }
});

Deno.test("every task answers --help with exit code 0, and an unknown flag with 2", async () => {
  await Promise.all(
    Object.keys(TASKS).map(async (name) => {
      const run = async (flags: string[]) => {
        const { code, stdout, stderr } = await (await spawnTask(name, flags)).output();
        const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
        return { code, stdout: text(stdout), stderr: text(stderr) };
      };
      const help = await run(["--help"]);
      assertEquals(help.code, 0, name);
      assertOk(help.stdout.startsWith(`deno task ${name} `), name);
      const wrong = await run(["--no-such-flag"]);
      assertEquals(wrong.code, 2, name);
      assertOk(wrong.stderr.includes("unknown flag --no-such-flag"), `${name}: ${wrong.stderr}`);
    }),
  );
});

Deno.test("a task's work may import its task: neither waits for the other", async () => {
  for (
    const [name, ...flags] of [["dataset", "--worlds", "nowhere"], ["ablate", "--model", "none"]]
  ) {
    const { code, stderr } = await (await spawnTask(name, flags)).output();
    const said = new TextDecoder().decode(stderr);
    assertEquals(code, 2, said);
    assertOk(said.includes("expected"), said);
  }
});

Deno.test("shares and ports beyond reason are refused", async () => {
  for (const share of ["1/99999999999999999999", "1/10001", "3/2"]) {
    await assertInputError(
      () => parseFlags(generate, ["--model", "simulator", "--shard", share]),
      "expected a share such as 2/4, of 10000 at most",
    );
  }
  await assertInputError(() => parseFlags(lab, ["--port", "65536"]), "65535 at most");
  await assertInputError(
    () => parseFlags(generate, ["--model", "simulator", "--seeds", "2147483648"]),
    "2147483647 at most",
  );
});
