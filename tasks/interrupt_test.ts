/** Ctrl-C while a network computes for minutes. */
import { join } from "node:path";
import { runPaths } from "../lib/paths.ts";
import { assertEquals, assertOk } from "../lib/testing/assert.ts";
import { inFolder } from "../lib/testing/folder.ts";
import { spawnTask } from "../lib/testing/tasks.ts";
import { fixture } from "../lib/testing/wan/fixtures.ts";

const made = await fixture("pipeline", ["dit", "tokenizer", "umt5", "vae"]);

Deno.test({
  ignore: made.folder === null || Deno.build.os === "windows",
  name: "Ctrl-C inside a network's run ends the command at once, in words, and is recorded",
  fn: () =>
    inFolder(async (parent) => {
      const folder = join(parent, "run");
      const model = `tiny=wan:${join(made.folder!, "original")}`;
      const flags = ["--model", model, "--tasks", "1", "--seeds", "0", "--provider", "cpu"];
      // One evaluation of this size takes minutes.
      const size = ["--size", "1280x720x161", "--steps", "1"];
      const child = (await spawnTask("generate", [...flags, ...size, "--run", folder])).spawn();
      let said = "";
      let interrupted = 0;
      for await (const part of child.stderr.pipeThrough(new TextDecoderStream())) {
        said += part;
        if (interrupted === 0 && said.includes("a clip, by its speed")) {
          // It says so once its prompts are encoded; by then the long run is about to begin.
          await new Promise((go) => setTimeout(go, 700));
          interrupted = performance.now();
          child.kill("SIGINT");
        }
      }
      await child.stdout.cancel();
      const { code } = await child.status;
      const seconds = (performance.now() - interrupted) / 1000;
      assertEquals(code, 130, said);
      assertOk(seconds < 30, `it took ${seconds} s`);
      const lines = said.slice(said.indexOf("Stopping;")).trim().split("\n");
      assertEquals([lines.length, lines[1].startsWith("Stopped. To go on: ")], [2, true], said);
      const { invocations } = JSON.parse(await Deno.readTextFile(runPaths(folder).manifest));
      assertEquals(invocations.at(-1).status, "stopped");
    }),
});
