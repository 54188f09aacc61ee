/** Assertions for tests and documented examples: node's own under the usual names. */
import assert from "node:assert/strict";
import { InputError } from "../errors.ts";

/** Fails unless `actual` and `expected` are deeply and strictly equal. */
export function assertEquals<T>(actual: T, expected: T, message?: string): void {
  assert.deepStrictEqual(actual, expected, message);
}

/** Fails unless `condition` holds. */
export function assertOk(condition: unknown, message?: string): asserts condition {
  assert.ok(condition, message);
}

/** Fails unless `actual` is within `tolerance` of `expected`. */
export function assertNear(actual: number, expected: number, tolerance: number, what = "value") {
  assert.ok(
    Math.abs(actual - expected) <= tolerance,
    `${what}: ${actual} is not within ${tolerance} of ${expected}`,
  );
}

/** Fails unless `run` throws an {@link InputError} whose message contains all of `parts`. */
export async function assertInputError(
  run: () => unknown,
  ...parts: (string | RegExp)[]
): Promise<string> {
  try {
    await run();
  } catch (error) {
    assert.ok(error instanceof InputError, `expected an InputError, got ${error}`);
    for (const part of parts) {
      const found = typeof part === "string"
        ? error.message.includes(part)
        : part.test(error.message);
      assert.ok(found, `expected ${part} in: ${error.message}`);
    }
    return error.message;
  }
  assert.fail("expected an InputError, nothing was thrown");
}
