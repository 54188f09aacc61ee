import { fileURLToPath } from "node:url";
import { assertEquals } from "../../testing/assert.ts";
import { MACRO_WORLDS } from "../../worlds/everyday/all.ts";
import { WORLDS } from "../../worlds/all.ts";
import { pieceIds, WORDS, wordsOf } from "./words.ts";

const training = fileURLToPath(new URL("../../../tasks/train", import.meta.url));
const python = await new Deno.Command("python3", { args: ["--version"] }).output()
  .then(({ success }) => success, () => false);
if (!python) console.warn("SKIPPED: comparison with the tokenizer of training: python3 not found");

Deno.test({
  name: "sampling tokenizes captions as training does",
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
    const expected: number[][][] = JSON.parse(new TextDecoder().decode(stdout));
    assertEquals(captions.map(pieceIds), expected.map((words) => words.flat()));
  },
});

Deno.test("related words share pieces", () => {
  const pieces = (word: string) => new Set(pieceIds(word).filter((id) => id > 0));
  const shared = pieces("mitochondrial").intersection(pieces("mitochondrion"));
  assertEquals(shared.size >= 8, true);
});

Deno.test("captions of the training sets are not truncated", () => {
  for (const world of [...WORLDS, ...MACRO_WORLDS]) {
    for (const caption of world.captions(world.parameters.parse({}))) {
      assertEquals(wordsOf(caption + " end").at(-1), "end", `more than ${WORDS} words: ${caption}`);
    }
  }
});
