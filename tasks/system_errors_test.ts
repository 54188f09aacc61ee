import { assertEquals, assertOk } from "../lib/testing/assert.ts";
import { spawnTask } from "../lib/testing/tasks.ts";

Deno.test("an error of the system ends a command with one line that says what to do, and no stack", async () => {
  const folder = `/tmp/${"x".repeat(300)}`;
  const { code, stdout, stderr } = await (await spawnTask("stats", ["--run", folder])).output();
  // Deno warns that permissions in deno.json are experimental.
  const said = new TextDecoder().decode(stderr).replace(/^Warning Permissions.*\n/, "").trim();
  assertEquals([code, new TextDecoder().decode(stdout)], [1, ""]);
  assertOk(
    /^Cannot go on, stat '\/tmp\/x+.*: the name is too long.* \(ENAMETOOLONG\)/.test(said),
    said,
  );
  assertEquals(said.split("\n").length, 1);
});
