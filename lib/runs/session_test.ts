import { join } from "node:path";
import { runPaths } from "../paths.ts";
import { assertEquals, assertInputError, assertOk } from "../testing/assert.ts";
import { readManifest } from "./manifest.ts";
import { silent, textProgress } from "./progress.ts";
import { withSession } from "./session.ts";

const invocation = { command: "try", passed: ["--seeds", "3"], resolved: { seeds: 3 } };

Deno.test("run.json says what was run, with what, and how it ended", async () => {
  const folder = await Deno.makeTempDir();
  const paths = runPaths(folder);
  await withSession({ folder, invocation, progress: silent }, async (session) => {
    assertEquals((await readManifest(paths.manifest))?.status, "running");
    await session.step("judge", 2, () => Promise.resolve({ made: 2, there: 1 }));
  });
  const manifest = (await readManifest(paths.manifest))!;
  assertEquals([manifest.status, manifest.command, manifest.flags_passed, manifest.flags], [
    "finished",
    "try",
    ["--seeds", "3"],
    { seeds: 3 },
  ]);
  assertEquals(manifest.steps.map(({ name, made, there }) => [name, made, there]), [[
    "judge",
    2,
    1,
  ]]);
  assertOk(manifest.versions["apache-arrow"] && manifest.finished! >= manifest.started);
});

Deno.test("a step made once is made again only if its key or an output changes", async () => {
  const folder = await Deno.makeTempDir();
  const output = join(folder, "figure.svg");
  const run = async (key: string) => {
    let ran = false;
    await withSession(
      { folder, invocation, progress: silent },
      (session) =>
        session.stepOnce("figures", key, [output], async () => {
          ran = true;
          await Deno.writeTextFile(output, "<svg/>");
          return 1;
        }),
    );
    return ran;
  };
  assertEquals([await run("a"), await run("a"), await run("b"), await run("b")], [
    true,
    false,
    true,
    false,
  ]);
  await Deno.remove(output);
  assertEquals(await run("b"), true);
});

Deno.test("a run that fails or is stopped says so, and forgets no step made before", async () => {
  const folder = await Deno.makeTempDir();
  const output = join(folder, "x");
  await withSession(
    { folder, invocation, progress: silent },
    (session) =>
      session.stepOnce("figures", "a", [output], async () => {
        await Deno.writeTextFile(output, "");
        return 1;
      }),
  );
  for (const status of ["failed", "stopped"] as const) {
    const controller = new AbortController();
    let thrown: unknown;
    try {
      await withSession(
        { folder, invocation, progress: silent, signal: controller.signal },
        async (session) => {
          if (status === "stopped") controller.abort();
          await session.step("judge", 1, () => Promise.reject(new Error("no")));
        },
      );
    } catch (error) {
      thrown = error;
    }
    assertOk(thrown);
    const manifest = (await readManifest(runPaths(folder).manifest))!;
    assertEquals(manifest.status, status);
    assertOk(manifest.steps.some((step) => step.name === "figures" && step.key === "a"));
  }
});

Deno.test("a folder in use is refused, and free again after", async () => {
  const folder = await Deno.makeTempDir();
  await withSession({ folder, invocation, progress: silent }, async () => {
    const program = `import { lockFolder } from ${
      JSON.stringify(new URL("./lock.ts", import.meta.url).href)
    };
      try { await lockFolder(${
      JSON.stringify(runPaths(folder).lock)
    }); } catch (e) { console.log(e.name, e.message); }`;
    const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["eval", program] })
      .output();
    const said = new TextDecoder().decode(stdout);
    assertOk(said.startsWith("InputError") && said.includes(folder), said);
  });
  await Deno.writeTextFile(join(folder, "clips.arrow.123.tmp"), "half");
  await withSession({ folder, invocation, progress: silent }, () => Promise.resolve());
  assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name).sort(), [".lock", "run.json"]);
});

Deno.test("a run.json that is none is refused, not overwritten", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(join(folder, "run.json"), "{");
  await assertInputError(
    () => withSession({ folder, invocation, progress: silent }, () => Promise.resolve()),
    "run.json",
  );
  assertEquals(await Deno.readTextFile(join(folder, "run.json")), "{");
});

Deno.test("progress: lines at intervals in a log, one line on a terminal, with the time left", () => {
  for (const terminal of [false, true]) {
    let text = "";
    let time = 0;
    const step = textProgress((part) => text += part, { terminal, now: () => time })
      .step("judge", 10);
    for (let i = 0; i < 10; i++) {
      time += 1000;
      step.tick("clip");
    }
    step.done("10 made");
    assertOk(text.includes("2 of 10, about 8.0 s left"), text);
    assertEquals(text.trimEnd().split("\n").length, terminal ? 1 : 6);
    assertOk(text.endsWith("10 made (10 s)\n"));
  }
});
