import { join } from "node:path";
import type { Task } from "../records/task.ts";
import type { Generator } from "../models/generator.ts";
import { clipsTable } from "../records/clip.ts";
import { runPaths } from "../paths.ts";
import { random } from "../random.ts";
import { openJournal } from "../store/journal.ts";
import { readTable, writeTable } from "../store/table.ts";
import { assertEquals, assertInputError } from "../testing/assert.ts";
import { inFolder } from "../testing/folder.ts";
import { generateClips } from "./generate.ts";
import { silent } from "./progress.ts";
import { type Session, withSession } from "./session.ts";
import { openShard, type Shard } from "./shards.ts";
import { readVerdicts } from "./verdicts.ts";

const tasks = Array.from({ length: 12 }, (_, i): Task => ({
  ...{ benchmark: "mini", task: i + 1, scale: "cell", prompt: `cell ${i}`, requirement: "" },
  source: "",
}));
const seeds = [0, 1];

/** A model that says which clips it was asked for, and stops everything after some of them. */
function counting(made: string[], stopAfter = Infinity) {
  const stop = new AbortController();
  let count = 0;
  const generator: Generator = {
    ...{ name: "grey", steps: 0, guidance: 0, device: "none" },
    fingerprint: () => "grey",
    generate({ task }, { seed }) {
      made.push(`${task}-${seed}`);
      if (++count >= stopAfter) stop.abort(new Error("stopped"));
      const frames = [0, 1].map(() => new Uint8Array(16 * 16 * 3).fill(8 * task + seed));
      return Promise.resolve({ width: 16, height: 16, fps: 8, frames });
    },
  };
  return { generator, signal: stop.signal };
}

const invocation = { command: "generate", passed: [], resolved: {} };

/** Makes clips, all or a shard's, until it is stopped. */
async function make(folder: string, made: string[], shard?: Shard, stopAfter?: number) {
  const { generator, signal } = counting(made, stopAfter);
  const work = { generator, tasks, seeds, paths: runPaths(folder), shard, signal };
  await generateClips(work, silent.step("generate", 0))
    .catch((error) => assertEquals(error.message, "stopped"));
}

Deno.test("shards of any count, stopped and begun again with another, make every clip once", async () => {
  const folder = await Deno.makeTempDir();
  const made: string[] = [];
  const draw = random(6, "stops");
  const whole = { folder, invocation, progress: silent, begins: true };
  await withSession({ ...whole, shared: true }, () => Promise.resolve());
  for (const count of [3, 4, 1, 2, 5]) {
    const shards = Array.from({ length: count }, (_, i) => ({ index: i + 1, of: count }));
    await Promise.all(
      shards.map((shard) => make(folder, made, shard, 1 + Math.floor(3 * draw()))),
    );
  }
  await withSession(whole, () => make(folder, made));
  assertEquals(made.length, tasks.length * seeds.length);
  assertEquals(new Set(made).size, made.length);
  const paths = runPaths(folder);
  const rows = await readTable(clipsTable, paths.table("clips"));
  assertEquals(rows.map(({ task, seed }) => `${task}-${seed}`).sort(), made.toSorted());
  const left = [...Deno.readDirSync(join(folder, "shards"))].map(({ name }) => name);
  assertEquals(left.filter((name) => name.endsWith(".arrow") || name.endsWith(".arrows")), []);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("shards share the run's folder with one another and with nobody else", async () => {
  const folder = await Deno.makeTempDir();
  const whole = { folder, invocation, progress: silent, begins: true };
  await withSession({ ...whole, shared: true }, async () => {
    await withSession({ ...whole, shared: true }, () => Promise.resolve());
    await assertInputError(() => withSession(whole, () => Promise.resolve()), "Another run");
  });
  await Deno.remove(folder, { recursive: true });
});

Deno.test("lost rows are not folded away: who reads them is refused, who makes them makes them again", () =>
  inFolder(async (folder) => {
    const paths = runPaths(folder);
    const whole = { folder, invocation, progress: silent, begins: true };
    const visit = (work: (session: Session) => Promise<unknown>) => withSession(whole, work);
    const journals = ["shards/1-of-2.journal.arrows", "clips.journal.arrows"];
    for (const [i, name] of [...journals, "clips.arrow"].entries()) {
      const made: string[] = [];
      await visit((session) => session.claim("generate").then(() => make(folder, made)));
      const rows = await readTable(clipsTable, paths.table("clips"));
      await writeTable(clipsTable, paths.table("clips"), rows.slice(6));
      using shard = await openShard(paths, { index: 1, of: 2 });
      await shard.append(rows.slice(0, 3));
      const journal = await openJournal(clipsTable, join(folder, "clips.journal.arrows"));
      await journal.append(rows.slice(3, 6));
      journal.close();
      shard[Symbol.dispose]();
      const bytes = await Deno.readFile(join(folder, name));
      await Deno.writeFile(
        join(folder, name),
        bytes.with(bytes.length >> 1, bytes[bytes.length >> 1] ^ 4),
      );
      for (const _ of [1, 2]) {
        await assertInputError(() => visit(() => readVerdicts(paths)), name, "deno task generate");
      }
      const again: string[] = [];
      await visit(() => make(folder, again));
      assertEquals(again.length > 0 && again.length < 24, true, name);
      assertEquals((await readTable(clipsTable, paths.table("clips"))).length, 24);
      assertEquals(await visit(() => readVerdicts(paths)), null, `${i}`);
    }
  }));
