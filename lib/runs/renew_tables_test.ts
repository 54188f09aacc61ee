import { Buffer } from "node:buffer";
import { tableFromIPC, tableToIPC } from "apache-arrow";
import { join } from "node:path";
import { runPaths } from "../paths.ts";
import { statsTable } from "../records/statistic.ts";
import { verdictsTable } from "../records/verdict.ts";
import { checkedJson } from "../store/record_file.ts";
import { readManifest } from "./manifest.ts";
import { sealOf } from "../store/seal.ts";
import { encodeStream, encodeTable } from "../store/table.ts";
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

Deno.test("a journal without checksums is not believed; tables of all names are renewed", () =>
  inFolder(async (folder) => {
    const { table } = runPaths(folder);
    const repeated = table("verdicts-repeat-1");
    const whole = encodeTable(verdictsTable, []);
    await inRun(folder, async (session) => {
      await session.claim("judge");
      await session.claim("judge-repeat-1");
      await Deno.writeFile(repeated, whole);
    });
    const row = { benchmark: "b", statistic: "s", group: "g", value: 1, unit: "", paper: null };
    const bytes = Buffer.from(encodeStream(statsTable, [row])).toString("latin1");
    const edited = Buffer.from(bytes.replaceAll("microverse", "otherverse"), "latin1");
    await Deno.writeFile(join(folder, "verdicts.journal.arrows"), edited);
    await Deno.writeFile(repeated, whole.with(whole.length - 20, 0x5a));
    const said = await inRun(folder, () => {});
    assertOk(/verdicts\.edited-[0-9a-f]{8}\.journal\.arrows/.test(said), said);
    assertOk(said.includes(`${repeated} was damaged; it is mended`), said);
  }));

Deno.test("an older run.json, another run's and one edited without its checksum give way to the copy", () =>
  inFolder(async (folder) => {
    const { manifest } = runPaths(folder);
    const texts: string[] = [];
    for (let command = 0; command < 2; command++) {
      await inRun(folder, () => {});
      texts.push(await Deno.readTextFile(manifest));
    }
    const { check: _, ...edited } = JSON.parse(texts[1]);
    edited.invocations[0].cost_usd = 0.5;
    for (
      const text of [texts[0], JSON.stringify(edited), checkedJson({ ...edited, invocations: [] })]
    ) {
      await Deno.writeTextFile(manifest, text);
      const found = await readManifest(manifest);
      assertEquals(found!.invocations.map(({ cost_usd }) => cost_usd), [0, 0]);
    }
    await Deno.remove(manifest);
    await assertInputError(() => inRun(folder, () => {}), "run.json is gone", "cp ");
  }));
