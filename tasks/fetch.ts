/** Gets MicroWorldBench as released. */
import { PROJECT } from "../lib/paths.ts";
import { text } from "../lib/options.ts";
import { defineTask, main } from "./cli.ts";

/** The task. */
export const task = defineTask({
  name: "fetch",
  summary: "Downloads MicroWorldBench at its pinned commit and checks every file's SHA-256.",
  details: "An interrupted download resumes. Files that are there and right stay.",
  flags: {
    from: text("DIR", "Copy from this folder instead of downloading."),
    into: text("DIR", "Folder that receives the files; data/microworldbench by default."),
  },
  async run({ from, into = PROJECT.release }, { progress, signal }) {
    const { fetchRelease, RELEASE_COMMIT } = await import("../lib/benchmark/fetch.ts");
    progress.note(`MicroWorldBench, commit ${RELEASE_COMMIT.slice(0, 7)}, into ${into}`);
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
  },
});

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

if (import.meta.main) await main(task);
