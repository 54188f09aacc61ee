/** Folders that are not ours: no command changes a byte, a name or a time in them. */
import { join, relative } from "node:path";
import { RELEASE_HASHES } from "../lib/benchmark/fetch.ts";
import { lazy } from "../lib/lazy.ts";
import { silent } from "../lib/runs/progress.ts";
import { sha256 } from "../lib/store/key.ts";
import { assertEquals, assertInputError } from "../lib/testing/assert.ts";
import { inFolder } from "../lib/testing/folder.ts";
import type { Work } from "./cli.ts";
import { parseFlags } from "./parse_flags.ts";
import { TASKS } from "./registry.ts";

/** A user's own files, many of them with names that a run has too. */
const FILES: Readonly<Record<string, string>> = {
  "Downloads/film.mkv.partial": "half a film",
  "a.tmp": "a",
  "x.journal.arrows": "x",
  "clips.journal.arrows": "not a journal",
  "clips/1.mp4": "a clip",
  "report/index.html": "<h1>My report</h1>",
  "report/sheets/worlds.jpg": "a sheet",
  "stats.arrow": "someone's table",
  ".lock": "",
  "MicroWorldBench.json.part": "half a download",
  ".hidden/.microverse-notes.tmp": "mine",
  ".microverse-a.tmp": "mine too",
  "train/metadata.json": "[]",
  "labels/sheet.csv": "a,b\n",
  "sheet.jpg": "a picture",
  "valve.json": '{ "mine": true }',
  ...Object.fromEntries(Object.keys(RELEASE_HASHES).map((name) => [name, "mine too"])),
};

/** Every command that is given a folder to work in, with the flags that do. */
function commandsOn(folder: string): string[][] {
  const run = ["--run", folder];
  return [
    ...["score", "report", "judge", "label", "audit", "stats", "reproduce"]
      .map((name) => [name, ...run]),
    ["agreement", "--judges", "probe,human", ...run],
    ["generate", "--model", "simulator", ...run],
    ["ablate", "--model", "nano", ...run],
    ["calibrate", ...run],
    ["dataset", "--clips", "2", "--out", folder],
    ["dataset", "--sheet", join(folder, "sheet.jpg")],
    ["export", "--benchmark", "mini", "--out", folder],
    ["train", "--smoke", "--out", folder],
    ["fetch", "--into", folder, "--from", "/tmp"],
  ];
}

/** What lies in a folder: names, bytes and times. */
function stateOf(folder: string, within = folder): Record<string, string> {
  const state: Record<string, string> = {};
  for (const { name, isDirectory } of Deno.readDirSync(within)) {
    const path = join(within, name);
    const { mtime } = Deno.statSync(path);
    state[relative(folder, path)] = isDirectory
      ? `folder ${mtime?.getTime()}`
      : `${mtime?.getTime()} ${sha256(Deno.readFileSync(path))}`;
    if (isDirectory) Object.assign(state, stateOf(folder, path));
  }
  return state;
}

function fill(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    Deno.mkdirSync(join(folder, name, ".."), { recursive: true });
    Deno.writeTextFileSync(join(folder, name), text);
  }
}

/** Does a command's work in this process. */
async function work(name: string, args: readonly string[]): Promise<void> {
  const task = await TASKS[name as keyof typeof TASKS]();
  const { flags, resolved } = parseFlags(task, args);
  const { run } = await lazy<{ run: Work<unknown> }>(task.work!)();
  const invocation = { command: name, passed: args, resolved };
  await run(flags, { invocation, progress: silent, signal: new AbortController().signal });
}

Deno.test("a folder of a user's files given to a command keeps every byte, name and time", () =>
  inFolder(async (folder) => {
    for (const record of [undefined, '{"program": "another", "runs": 3}\n']) {
      fill(folder, record === undefined ? FILES : { ...FILES, "run.json": record });
      const before = stateOf(folder);
      for (const [name, ...args] of commandsOn(folder)) {
        await assertInputError(() => work(name, args), folder);
        assertEquals(stateOf(folder), before, `${name} ${args.join(" ")}`);
      }
    }
  }));

Deno.test("a run keeps what others put into it, and refuses to write where that is in the way", () =>
  inFolder(async (folder) => {
    await work("stats", ["--run", folder]);
    const theirs = { "report/index.html": "mine", "clips/1.mp4": "mine", "summary.arrow": "mine" };
    fill(folder, { ...theirs, "notes.txt": "mine", "films/a.mkv.partial": "half" });
    const before = stateOf(folder);
    const refused = [["generate", "--model", "simulator"], ["score"], ["report"]];
    for (const [name, ...args] of refused) {
      await assertInputError(() => work(name, [...args, "--run", folder]));
      const after = stateOf(folder);
      for (const path in before) {
        if (!/run\.json|lock$/.test(path)) assertEquals(after[path], before[path], path);
      }
    }
    await assertInputError(
      () => work("generate", ["--model", "simulator", "--tasks", "9", "--run", folder]),
      join(folder, "clips"),
      "move it away",
    );
  }));
