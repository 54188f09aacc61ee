import { join } from "node:path";
import { assertEquals } from "../testing/assert.ts";
import { inFolder } from "../testing/folder.ts";
import { commitOf } from "./commit.ts";

/** What git says, where it is installed. */
async function git(root: string, ...args: string[]): Promise<string> {
  const identity = [
    "-c",
    "user.name=T",
    "-c",
    "user.email=t@example.org",
    "-c",
    "commit.gpgsign=false",
  ];
  const { success, stdout, stderr } = await new Deno.Command("git", {
    args: ["-C", root, ...identity, ...args],
    env: { GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null" },
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout).trim();
}

const hasGit = await git(".", "--version").then(() => true, () => false);

Deno.test({
  name: "the commit is git's own: a branch, detached, packed, in a worktree, tagged, with SHA-256",
  ignore: !hasGit,
  fn: () =>
    inFolder(async (folder) => {
      const root = join(folder, "project");
      await Deno.mkdir(root);
      await git(root, "init", "-q", "-b", "feature/größe");
      assertEquals(await commitOf(root), null);
      const asGit = async (path: string) =>
        assertEquals(await commitOf(path), await git(path, "rev-parse", "HEAD"));
      await git(root, "commit", "-q", "--allow-empty", "-m", "one");
      await asGit(root);
      await git(root, "commit", "-q", "--allow-empty", "-m", "two");
      await git(root, "worktree", "add", "-q", "-b", "other", join(folder, "tree"), "HEAD~1");
      await asGit(join(folder, "tree"));
      await git(root, "pack-refs", "--all");
      await asGit(root);
      await asGit(join(folder, "tree"));
      // Newer than what is packed.
      await git(root, "commit", "-q", "--allow-empty", "-m", "three");
      await asGit(root);
      await git(root, "checkout", "-q", "--detach", "HEAD~2");
      await asGit(root);
      const long = join(folder, "long");
      await Deno.mkdir(long);
      await git(long, "init", "-q", "--object-format=sha256");
      await git(long, "commit", "-q", "--allow-empty", "-m", "one");
      await asGit(long);
    }),
});

Deno.test("what is no checkout, or is broken or hostile, has no commit", () =>
  inFolder(async (root) => {
    const files: Record<string, string>[] = [
      {},
      { ".git": "gitdir: /no/such/folder" },
      { ".git": "not git's" },
      { ".git/HEAD": "" },
      { ".git/HEAD": "ref: refs/heads/none" },
      { ".git/HEAD": "ref: refs/../../secret", "secret": "ab".repeat(20) },
      { ".git/HEAD": "ref: refs/heads/a", ".git/refs/heads/a": "ref: refs/heads/a" },
      { ".git/HEAD": "ref: refs/heads/a", ".git/refs/heads/a": "xyz" },
      {
        ".git/HEAD": "ref: refs/heads/a",
        ".git/packed-refs": `# ${"ab".repeat(20)} refs/heads/a\n`,
      },
    ];
    for (const [i, content] of files.entries()) {
      for (const [name, text] of Object.entries(content)) {
        const path = join(root, String(i), name);
        await Deno.mkdir(join(path, ".."), { recursive: true });
        await Deno.writeTextFile(path, text);
      }
      assertEquals(await commitOf(join(root, String(i))), null, JSON.stringify(content));
    }
  }));

Deno.test({
  name: "a pipe in git's place is not read: it might never end",
  ignore: Deno.build.os === "windows",
  fn: () =>
    inFolder(async (root) => {
      const head = join(root, ".git", "HEAD");
      await Deno.mkdir(join(root, ".git"));
      await new Deno.Command("mkfifo", { args: [head] }).output();
      const writer = new Deno.Command("sh", {
        args: ["-c", `echo ${"ab".repeat(20)} > "$0"`, head],
      })
        .spawn();
      assertEquals(await commitOf(root), null);
      writer.kill("SIGKILL");
      await writer.status;
    }),
});
