/** Small source trees in temporary folders, for tests of code that reads source. */
import { dirname, join } from "node:path";

/** See {@link makeSourceTree}. */
export interface SourceTree extends AsyncDisposable {
  /** The tree's folder. */
  root: string;
  /** Writes a file, replacing an existing one. */
  write(file: string, text: string): Promise<void>;
}

/** Writes files by name into a new folder; disposing removes it. */
export async function makeSourceTree(files: Readonly<Record<string, string>>): Promise<SourceTree> {
  const root = await Deno.makeTempDir();
  const write = async (file: string, text: string) => {
    const path = join(root, file);
    await Deno.mkdir(dirname(path), { recursive: true });
    await Deno.writeTextFile(path, text);
  };
  for (const [file, text] of Object.entries(files)) await write(file, text);
  return {
    root,
    write,
    async [Symbol.asyncDispose]() {
      await Deno.remove(root, { recursive: true });
    },
  };
}
