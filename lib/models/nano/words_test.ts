import { fileURLToPath } from "node:url";
import { assertEquals } from "../../testing/assert.ts";
import { MACRO_WORLDS } from "../../worlds/everyday/all.ts";
import { WORLDS } from "../../worlds/all.ts";
import { pieceRows, WORDS, wordsOf } from "./words.ts";

const training = fileURLToPath(new URL("../../../tasks/train", import.meta.url));
const python = await new Deno.Command("python3", { args: ["--version"] }).output()
  .then(({ success }) => success, () => false);
if (!python) console.warn("SKIPPED: words are not compared with training's: no python3 here");

Deno.test({
  name: "sampling reads captions as training does",
  ignore: !python,
  async fn() {
    const captions = [...WORLDS, ...MACRO_WORLDS]
      .flatMap((world) => world.captions(world.parameters.parse({})));
    captions.push(
      "",
      "…",
      "Éclair 3µm—a1b2 ATP/ADP",
      "cell ".repeat(10_000),
      "supercalifragilistic",
    );
    const script = "import json, sys; sys.path.insert(0, sys.argv[1]); from words import ids_of; " +
      "print(json.dumps([ids_of(c) for c in json.load(sys.stdin)]))";
    const child = new Deno.Command("python3", {
      args: ["-c", script, training],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(JSON.stringify(captions)));
    await writer.close();
    const { stdout } = await child.output();
    const theirs: number[][][] = JSON.parse(new TextDecoder().decode(stdout));
    assertEquals(captions.map(pieceRows), theirs.map((rows) => rows.flat()));
  },
});

Deno.test("words that training never saw still share pieces with those that it did", () => {
  const pieces = (word: string) => new Set(pieceRows(word).filter((row) => row > 0));
  const shared = pieces("mitochondrial").intersection(pieces("mitochondrion"));
  assertEquals(shared.size >= 8, true);
});

Deno.test("captions of the training sets are read to their ends", () => {
  for (const world of [...WORLDS, ...MACRO_WORLDS]) {
    for (const caption of world.captions(world.parameters.parse({}))) {
      assertEquals(wordsOf(caption + " end").at(-1), "end", `more than ${WORDS} words: ${caption}`);
    }
  }
});
