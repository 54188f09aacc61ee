/** The embedded weights: listed with their hashes, and small enough. */
import { join } from "node:path";
import { PROJECT } from "../paths.ts";
import { sha256 } from "../store/key.ts";
import { assertEquals, assertOk } from "../testing/assert.ts";
import { weightsSchema } from "./nano/weights.ts";

const MAX_BYTES = 40e6;

Deno.test("data/README.md and models.json have every file's SHA-256, and all fit in 40 MB", async () => {
  const { files } = weightsSchema.parse(
    JSON.parse(await Deno.readTextFile(join(PROJECT.models, "models.json"))),
  );
  const readme = await Deno.readTextFile(join(PROJECT.root, "data", "README.md"));
  const names = [...Deno.readDirSync(PROJECT.models)].map(({ name }) => name);
  assertEquals(
    names.toSorted(),
    ["models.json", "training.arrow", ...Object.keys(files)].toSorted(),
  );
  let bytes = 0;
  for (const [name, expected] of Object.entries(files)) {
    const found = await Deno.readFile(join(PROJECT.models, name));
    assertEquals({ bytes: found.length, sha256: sha256(found) }, expected, name);
    assertOk(readme.includes(`| \`${name}\` | ${expected.sha256} |`), `${name} in data/README.md`);
    bytes += found.length;
  }
  assertOk(bytes <= MAX_BYTES, `${bytes} bytes`);
});
