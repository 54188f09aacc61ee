import { join } from "node:path";
import { assertEquals, assertInputError } from "../../lib/testing/assert.ts";
import { inFolder } from "../../lib/testing/folder.ts";
import { refuseOtherFile, refuseOtherFolder } from "./out_folder.ts";

Deno.test("what is there is replaced only where it is a file that the command wrote, never a link", () =>
  inFolder(async (folder) => {
    const at = (name: string) => join(folder, name);
    await Deno.writeTextFile(at("ours"), "list");
    await Deno.writeTextFile(at("theirs"), "letter");
    await Deno.mkdir(at("folder"));
    await Deno.symlink("/no/such/file", at("nowhere"));
    await Deno.symlink("ours", at("link"));
    const isOurs = (bytes: Uint8Array) => new TextDecoder().decode(bytes) === "list";
    for (const name of ["new", "ours"]) await refuseOtherFile(at(name), isOurs);
    for (const name of ["theirs", "folder", "nowhere", "link"]) {
      await assertInputError(() => refuseOtherFile(at(name), isOurs), name, "there already");
    }
    assertEquals(await Deno.readLink(at("nowhere")), "/no/such/file");
  }));

Deno.test("a folder with anything in it that the command did not write is refused, a hidden file is not seen", () =>
  inFolder(async (folder) => {
    const isOurs = (bytes: Uint8Array) => new TextDecoder().decode(bytes) === "list";
    const refuse = () => refuseOtherFolder(folder, "export", isOurs);
    await refuseOtherFolder(join(folder, "new"), "export", isOurs);
    await Deno.writeTextFile(join(folder, "ours.json"), "list");
    await Deno.writeTextFile(join(folder, ".DS_Store"), "x");
    await refuse();
    await Deno.writeTextFile(join(folder, "thesis.tex"), "letter");
    await assertInputError(refuse, "an export", "it holds thesis.tex;");
    await Deno.remove(join(folder, "thesis.tex"));
    await Deno.mkdir(join(folder, "photos"));
    await assertInputError(refuse, "photos");
  }));
