/** Real data for tests that is not part of the project. */
import { fileURLToPath } from "node:url";

/** The real data needed by a test, and whether it is available. */
export interface SharedData {
  path: string;
  absent: boolean;
}

/**
 * A folder or file next to the project, under `../shared`. Tests that need it are ignored if it is
 * absent, with a single message.
 */
export function sharedData(name: string): SharedData {
  const path = fileURLToPath(new URL(`../../../shared/${name}`, import.meta.url));
  let absent = false;
  try {
    Deno.statSync(path);
  } catch {
    absent = true;
    console.warn(`SKIPPED: no ${path}; the tests that need it do not run`);
  }
  return { path, absent };
}
