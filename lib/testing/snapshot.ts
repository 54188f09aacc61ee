/** Snapshots for the tests of figures. */
import { assertOk } from "./assert.ts";

/** One tag per line, so that changes are readable as a diff; the formatter leaves it so. */
function normalise(svg: string): string {
  return `<!-- deno-fmt-ignore-file -->\n${svg.replaceAll("><", ">\n<")}`;
}

async function readIfPresent(url: URL): Promise<string | null> {
  try {
    return await Deno.readTextFile(url);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

async function removeIfPresent(url: URL): Promise<void> {
  try {
    await Deno.remove(url);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/**
 * Fails unless `svg` equals `snapshots/<name>.svg`. A mismatch leaves the new drawing next to it as
 * `<name>-changed.svg`: inspect it, and rename it if it is right. A missing snapshot fails in the
 * same way, so that none is accepted unseen.
 */
export async function assertSnapshot(
  name: string,
  svg: string,
  folder = new URL("../figures/snapshots/", import.meta.url),
): Promise<void> {
  const expected = await readIfPresent(new URL(`${name}.svg`, folder));
  const drawn = normalise(svg);
  const changed = new URL(`${name}-changed.svg`, folder);
  if (drawn === expected) return await removeIfPresent(changed);
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(changed, drawn);
  assertOk(
    false,
    `${name}.svg ${
      expected === null ? "is missing" : "differs"
    }: see ${name}-changed.svg next to it`,
  );
}
