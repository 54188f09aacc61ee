/** Scores that reports make again: after damage, edits, and verdicts of judges that came since. */
import { openBenchmark } from "../benchmark/registry.ts";
import { type RunPaths, runPaths } from "../paths.ts";
import { summaryTable } from "../records/summary.ts";
import { verdictsTable } from "../records/verdict.ts";
import { sortRows } from "../store/cache.ts";
import { ROWS } from "../store/row_checks.ts";
import { readTable, writeTable } from "../store/table.ts";
import { assertEquals, assertOk } from "../testing/assert.ts";
import { inFolder } from "../testing/folder.ts";
import { verdictOn } from "../testing/verdicts.ts";
import { silent } from "./progress.ts";
import { freshScores, scoreStep } from "./score.ts";
import { type Session, withSession } from "./session.ts";
import { readVerdicts } from "./verdicts.ts";

const { benchmark } = await openBenchmark("mini");

/** Works in a run and gives what it noted. */
async function inRun(
  folder: string,
  work: (session: Session) => Promise<unknown>,
): Promise<string> {
  const notes: string[] = [];
  const progress = { ...silent, note: (line: string) => void notes.push(line) };
  const invocation = { command: "try", passed: [], resolved: {} };
  await withSession({ folder, invocation, progress, begins: true }, work);
  return notes.join("\n");
}

/** Has judges give a verdict on every criterion of tasks 9 and 10. */
async function judged(paths: RunPaths, judges: readonly string[]): Promise<void> {
  const criteria = benchmark.criteria.filter(({ task }) => task === 9 || task === 10);
  const rows = judges.flatMap((judge) =>
    criteria.map((row) => verdictOn(row, true, { judge, key: `${judge} ${row.task} ${row.id}` }))
  );
  await writeTable(verdictsTable, paths.table("verdicts"), sortRows(verdictsTable, rows));
}

/** A run whose judge is the probe, scored. */
async function scoredRun(folder: string): Promise<RunPaths> {
  const paths = runPaths(folder);
  await inRun(folder, async (session) => {
    await session.claim("judge");
    await judged(paths, ["probe"]);
    await scoreStep(session);
  });
  return paths;
}

/** What a report does about the scores. */
const renewed = (session: Session) =>
  readVerdicts(session.paths).then(async (all) => {
    const { told } = await freshScores(benchmark, all!, session.paths);
    for (const line of told) session.progress.note(line);
  });

Deno.test("damaged, edited and missing tables of scores are named and made again, by score and report", () =>
  inFolder(async (folder) => {
    const paths = await scoredRun(folder);
    const whole = new Map(
      ["scores", "summary"].map((name) => [name, Deno.readFileSync(paths.table(name))]),
    );
    const summary = await readTable(summaryTable, paths.table("summary"));
    const edits: Record<string, (name: string, bytes: Uint8Array) => Promise<unknown>> = {
      "flipped at 20 %": (name, bytes) => flip(paths, name, bytes, 0.2),
      "flipped at 80 %": (name, bytes) => flip(paths, name, bytes, 0.8),
      "without our marks": (name, bytes) => marked(paths, name, bytes, "microverse", "otherverse"),
      // As pyarrow writes it, which keeps the schema's marks and drops those of rows.
      "written elsewhere": (name, bytes) =>
        marked(paths, name, bytes, ROWS, "x".repeat(ROWS.length)),
      "cut to nothing": (name) => Deno.writeFile(paths.table(name), new Uint8Array()),
      gone: (name) => Deno.remove(paths.table(name)),
      "other means": () =>
        writeTable(
          summaryTable,
          paths.table("summary"),
          summary.map((row) => ({ ...row, mean: 99 })),
        ),
    };
    for (const [what, edit] of Object.entries(edits)) {
      for (const [name, bytes] of whole) {
        const isOfSummary = what === "other means";
        for (const step of [scoreStep, renewed]) {
          await edit(name, bytes);
          const told = await inRun(folder, (session) => step(session));
          assertOk(told.includes(paths.table(isOfSummary ? "summary" : name)), `${what}: ${told}`);
          assertEquals(await Deno.readFile(paths.table(name)), bytes, what);
        }
      }
    }
    assertEquals(await inRun(folder, renewed), "");
  }));

async function marked(
  { table }: RunPaths,
  name: string,
  bytes: Uint8Array,
  from: string,
  to: string,
) {
  const text = new TextDecoder("latin1").decode(bytes).replaceAll(from, to);
  await Deno.writeFile(table(name), Uint8Array.from(text, (letter) => letter.charCodeAt(0)));
}

async function flip({ table }: RunPaths, name: string, bytes: Uint8Array, at: number) {
  const place = Math.floor(bytes.length * at);
  await Deno.writeFile(table(name), bytes.with(place, bytes[place] ^ 0x41));
}

Deno.test("judges that came after the scoring are scored with the rest; a selection stays one", () =>
  inFolder(async (folder) => {
    const paths = await scoredRun(folder);
    const fresh = async (judges: readonly string[]) => {
      await judged(paths, judges);
      return await freshScores(benchmark, (await readVerdicts(paths))!, paths);
    };
    const judgesOf = (
      { rows }: Awaited<ReturnType<typeof fresh>>,
    ) => [...new Set(rows.summary.map(({ judge }) => judge))];
    const all = await fresh(["probe", "anna"]);
    assertEquals(judgesOf(all), ["anna", "probe"]);
    assertOk(all.told[0].includes("scores.arrow, summary.arrow"), all.told[0]);

    await inRun(folder, (session) => scoreStep(session, { tasks: [9] }));
    await Deno.writeTextFile(paths.table("scores"), "");
    const part = await fresh(["probe", "anna", "bob"]);
    assertEquals(part.selection, { tasks: [9] });
    assertEquals(judgesOf(part), ["anna", "bob", "probe"]);
    assertEquals([...new Set(part.verdicts.map(({ task }) => task))], [9]);
  }));
