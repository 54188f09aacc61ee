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
 * ```
 */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
