/**
 * A mistake in the user's input: a file, a flag, a row. Tasks print only its message, without a
 * stack, and exit with code 2; every other error is a bug and keeps its stack.
 *
 * @example
 * ```ts
 * import { assertEquals } from "./testing/assert.ts";
 * import { InputError } from "./errors.ts";
 *
 * const error = new InputError("Cannot read clip 3.mp4: no video stream found");
 * assertEquals(error.name, "InputError");
 * ```
 */
export class InputError extends Error {
  /** Distinguishes it from other errors. */
  override name = "InputError";
}

/**
 * What one clip failed of, the others being none the worse: they go on.
 *
 * @example
 * ```ts
 * import { assertOk } from "./testing/assert.ts";
 * import { ClipError, InputError } from "./errors.ts";
 *
 * assertOk(new ClipError("its frames are not finite") instanceof InputError);
 * ```
 */
export class ClipError extends InputError {
  /** Distinguishes it from other errors. */
  override name = "ClipError";
}

/**
 * The message of any thrown value.
 *
 * @example
 * ```ts
 * import { assertEquals } from "./testing/assert.ts";
 * import { messageOf } from "./errors.ts";
 *
 * assertEquals(messageOf(new Error("no frames")), "no frames");
 * assertEquals(messageOf("no frames"), "no frames");
 * const error = await Deno.readFile("/no/such/file").catch((error) => error);
 * assertEquals(messageOf(error), "no such file or folder");
 * ```
 */
export function messageOf(error: unknown): string {
  const text = textOf(error);
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  // Its callers name the file; what the system calls its error and its call, users need not know.
  if (Object.hasOwn(SYSTEM, code) && /\(os error \d+\)/.test(text)) {
    return SYSTEM[code].split(";", 1)[0];
  }
  // Its own advice, --allow-all, is none for a user.
  return text.replace(
    /Requires all access to "([^"]+)", run again with the --allow-all flag/,
    "Deno opens no devices and nothing that processes share, such as $1; name a file",
  );
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What the system's codes mean, and what to do. A full disk, a disk without locks: not our bugs. */
const SYSTEM: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full; free some space and run it again",
  EDQUOT: "your quota on this disk is used up; free some space and run it again",
  EFBIG: "the file is larger than this disk takes; use another disk",
  EROFS: "the disk is mounted read-only; use a folder that can be written to",
  EACCES: "access is denied; check its owner and mode, or use another folder",
  EPERM: "this is not permitted; check its owner, mode and attributes, or use another folder",
  EIO: "the disk reports an input/output error; check the disk, then run it again",
  ESTALE: "the network disk lost the file; mount it again, then run it again",
  ENODEV: "the disk is gone; mount it again, then run it again",
  EMFILE: "too many files are open in this process; raise the limit with ulimit -n",
  ENFILE: "too many files are open on this machine; close some programs and run it again",
  ENOMEM: "the machine has no memory left; close some programs and run it again",
  ENAMETOOLONG: "the name is too long for this disk; use a shorter one",
  ELOOP: "its links lead in a circle; mend the links",
  ENOENT: "no such file or folder",
  ENOTDIR: "a part of its path is a file; expected a folder",
  EISDIR: "it is a folder; expected a file",
  EEXIST: "something else is there already; move it away",
  ENOTEMPTY: "the folder is not empty",
  EXDEV: "it lies on another disk; use a folder on the same one",
  EBUSY: "it is in use; close what uses it and run it again",
  ETXTBSY: "it is in use; close what uses it and run it again",
  ENOLCK: "the disk has no file locks; use a folder on a local disk",
};

/** As FFmpeg and others say it, who give no code. */
const SAID: Readonly<Record<string, RegExp>> = {
  ENOSPC: /no space left on device/i,
  EROFS: /read-only file system/i,
  EACCES: /permission denied/i,
  EMFILE: /too many open files/i,
  EIO: /input\/output error/i,
};

/**
 * The code of an error of the operating system (`ENOSPC`, `EACCES`, …); null for any other error.
 *
 * @example
 * ```ts
 * import { assertEquals } from "./testing/assert.ts";
 * import { systemCode } from "./errors.ts";
 *
 * assertEquals(systemCode(Object.assign(new Error("no space"), { code: "ENOSPC" })), "ENOSPC");
 * assertEquals(systemCode(new Error("Cannot write a.mp4: No space left on device")), "ENOSPC");
 * assertEquals(systemCode(new TypeError("x is not a function")), null);
 * ```
 */
export function systemCode(error: unknown): string | null {
  if (!(error instanceof Error) || error instanceof InputError) return null;
  const code = "code" in error ? String(error.code) : "";
  if (Object.hasOwn(SYSTEM, code)) return code;
  const said = Object.keys(SAID).find((name) => SAID[name].test(error.message));
  return said ?? null;
}

/**
 * An error of the operating system as one line that names the file and says what to do; any other
 * error as it is.
 *
 * @param doing What was tried: `write`, `read`.
 * @example
 * ```ts
 * import { assertEquals } from "./testing/assert.ts";
 * import { messageOf, named } from "./errors.ts";
 *
 * const full = Object.assign(new Error("no space"), { code: "ENOSPC" });
 * assertEquals(
 *   messageOf(named(full, "write", "/data/run.json")),
 *   "Cannot write /data/run.json: the disk is full; free some space and run it again (ENOSPC)",
 * );
 * ```
 */
export function named(error: unknown, doing: string, path: string): unknown {
  const code = systemCode(error);
  return code === null
    ? error
    : new InputError(`Cannot ${doing} ${path}: ${SYSTEM[code]} (${code})`, { cause: error });
}

/**
 * The one line to print for an error of the operating system that nobody named on its way; null for
 * any other error, which is a bug.
 *
 * @example
 * ```ts
 * import { assertEquals, assertOk } from "./testing/assert.ts";
 * import { systemText } from "./errors.ts";
 *
 * const error = await Deno.readFile("/no/such/file").catch((error) => error);
 * assertOk(systemText(error)?.includes("readfile '/no/such/file': no such file or folder"));
 * const held = new Error('Requires ffi access to "/elsewhere/a.node", run again with the --allow-ffi flag');
 * assertOk(systemText(held)?.startsWith("Cannot load /elsewhere/a.node:"));
 * const device = new Error('Requires all access to "/dev/stdin", run again with the --allow-all flag');
 * assertOk(systemText(device)?.endsWith("such as /dev/stdin; name a file"));
 * assertEquals(systemText(new Error("bug")), null);
 * ```
 */
export function systemText(error: unknown): string | null {
  const [, library] = /Requires ffi access to "([^"]+)"/.exec(messageOf(error)) ?? [];
  if (library !== undefined) {
    return `Cannot load ${library}: native code is loaded from the project's own node_modules alone; ` +
      "where that is a link, delete it and run deno install in the project's folder";
  }
  if (messageOf(error).startsWith("Deno opens no devices")) return messageOf(error);
  const code = systemCode(error);
  if (code === null) return null;
  const [, what = ""] = /\(os error \d+\): (.+)$/s.exec(textOf(error)) ?? [];
  const where = what || textOf(error).split("\n", 1)[0];
  return `Cannot go on, ${where}: ${SYSTEM[code]} (${code}). What was made is kept`;
}
