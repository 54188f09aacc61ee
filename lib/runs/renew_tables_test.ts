import { tableFromIPC, tableToIPC } from "apache-arrow";
import { join } from "node:path";
import { runPaths } from "../paths.ts";
import { statsTable } from "../records/statistic.ts";
import { sealOf } from "../store/seal.ts";
import { encodeTable } from "../store/table.ts";
import { assertEquals, assertInputError, assertOk } from "../testing/assert.ts";
import { inFolder } from "../testing/folder.ts";
import { benchmarkStep } from "./benchmark.ts";
import { textProgress } from "./progress.ts";
import { scoreStep } from "./score.ts";
import { type Session, withSession } from "./session.ts";

/** Works in a run; returns what was said. */
async function inRun(folder: string, work: (session: Session) => unknown): Promise<string> {
  let said = "";
  const progress = textProgress((part) => said += part, { terminal: false });
  const invocation = { command: "try", passed: [], resolved: {} };
  await withSession({ folder, invocation, progress, begins: true }, async (session) => {
    await work(session);
  });
  return said;
}

/** A table as another program writes it: the rows, and none of our metadata. */
function byOthers(bytes: Uint8Array): Uint8Array {
  const table = tableFromIPC(bytes);
  return tableToIPC(tableFromIPC(tableToIPC(table.select(table.schema.names), "stream")), "file")
    .slice();
}

Deno.test("a damaged table that lost nothing is mended, one edited elsewhere is set aside; both are named", () =>
  inFolder(async (folder) => {
    const { table } = runPaths(folder);
    await inRun(folder, benchmarkStep);
    const whole = await Deno.readFile(table("stats"));
    // The last bytes are the footer's, which other readers need and rows do not.
    await Deno.writeFile(table("stats"), whole.with(whole.length - 20, 0x5a));
    assertOk((await inRun(folder, () => {})).includes("mended, no row is lost"));
    assertEquals(await Deno.readFile(table("stats")), whole);

    const text = new TextDecoder("latin1").decode(whole).replaceAll("microverse", "otherverse");
    const edited = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
    assertEquals(sealOf(edited), "absent");
    await Deno.writeFile(table("stats"), edited);
    assertOk((await inRun(folder, benchmarkStep)).includes("set aside as stats.edited-"));
    assertEquals(await Deno.readFile(table("stats")), whole);
    const aside = [...Deno.readDirSync(folder)].find(({ name }) => name.includes("edited"))!;
    assertEquals(await Deno.readFile(join(folder, aside.name)), edited);
  }));

Deno.test("a table of someone else where the run's is to be is refused and stays", () =>
  inFolder(async (folder) => {
    const { table } = runPaths(folder);
    await inRun(folder, () => {});
    await Deno.writeFile(table("stats"), byOthers(encodeTable(statsTable, [])));
    const theirs = await Deno.readFile(table("stats"));
    await assertInputError(() => inRun(folder, benchmarkStep), table("stats"), "move it away");
    assertEquals(await Deno.readFile(table("stats")), theirs);
    await assertInputError(() => inRun(folder, (session) => scoreStep(session)), "no verdicts");
  }));
