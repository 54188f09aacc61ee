/** A copy of the project's code, for tests of the effect of changing a file. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { PROJECT } from "../paths.ts";

/** See {@link copyProject}. */
export interface ProjectCopy {
  /** Its folder; the caller removes it. */
  root: string;
  /** Loads a module of the copy. */
  load<Module>(file: string): Promise<Module>;
  /** Changes a file's text while `use` runs. */
  changed<T>(file: string, change: (text: string) => string, use: () => Promise<T>): Promise<T>;
}

/** Copies `lib`, without tests and test helpers, and `deno.json` to a new folder. */
export async function copyProject(): Promise<ProjectCopy> {
  const root = await Deno.makeTempDir({ prefix: "project-" });
  await copyFolder(PROJECT.lib, join(root, "lib"));
  await Deno.copyFile(PROJECT.config, join(root, "deno.json"));
  return {
    root,
    load: (file) => import(pathToFileURL(join(root, file)).href),
    async changed(file, change, use) {
      const path = join(root, file);
      const text = await Deno.readTextFile(path);
      const other = change(text);
      if (other === text) throw new Error(`${file} is unchanged after the change`);
      await Deno.writeTextFile(path, other);
      try {
        return await use();
      } finally {
        await Deno.writeTextFile(path, text);
      }
    },
  };
}

async function copyFolder(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (name === "testing" || name === "snapshots" || name.endsWith("_test.ts")) continue;
    if (isDirectory) await copyFolder(join(from, name), join(to, name));
    else await Deno.copyFile(join(from, name), join(to, name));
  }
}
