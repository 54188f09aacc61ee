import { assertEquals, assertOk } from "../lib/testing/assert.ts";
import { TASKS } from "./registry.ts";
import { MARK, README, referenceText } from "./work/readme.ts";

const text = await Deno.readTextFile(README);

Deno.test("tasks/README.md holds what the commands' help says, to the letter", async () => {
  const [, reference] = text.split(MARK);
  assertOk(reference === await referenceText(), "run deno run -A tasks/readme.ts");
});

Deno.test("the guides name no command and no flag that is not there", () => {
  const [guides, reference] = text.split(MARK);
  const commands = [...guides.matchAll(/deno task ([a-z][\w-]*)/g)].map(([, name]) => name);
  assertEquals(commands.filter((name) => !(name in TASKS)), []);
  const flags = [...guides.matchAll(/(?<![\w-])--([a-z][\w-]*)/g)].map(([, flag]) => flag);
  // Of tasks/walls.ts, which deno.json does not name.
  const others = ["counts"];
  assertEquals(
    flags.filter((flag) => !reference.includes(`--${flag} `) && !others.includes(flag)),
    [],
  );
});
