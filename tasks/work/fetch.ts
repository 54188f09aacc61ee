/** The work of `deno task fetch`. */
import { join } from "node:path";
import { fetchRelease, RELEASE_COMMIT, RELEASE_HASHES } from "../../lib/benchmark/fetch.ts";
import { PROJECT } from "../../lib/paths.ts";
import { sha256 } from "../../lib/store/key.ts";
import type { WorkOf } from "../cli.ts";
import type { task } from "../fetch.ts";
import { refuseOtherFile } from "./out_folder.ts";

export const run: WorkOf<typeof task> = async (
  { from, into = PROJECT.release },
  { progress, signal },
) => {
  progress.note(`MicroWorldBench, commit ${RELEASE_COMMIT.slice(0, 7)}, into ${into}`);
  for (const [name, hash] of into === PROJECT.release ? [] : Object.entries(RELEASE_HASHES)) {
    await refuseOtherFile(join(into, name), (bytes) => sha256(bytes) === hash);
  }
  const sizes = new Map<string, number>();
  const files = await fetchRelease({
    into,
    from,
    signal,
    onProgress(file, bytes, total) {
      const before = sizes.get(file) ?? 0;
      if (bytes - before < 500_000) return;
      sizes.set(file, bytes);
      progress.note(
        `${file}: ${megabytes(bytes)}${total === null ? "" : ` of ${megabytes(total)}`}`,
      );
    },
  });
  for (const { file, bytes, cached } of files) {
    console.log(
      `${file}: ${megabytes(bytes)}, SHA-256 as expected${cached ? ", was there" : ""}`,
    );
  }
};

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
