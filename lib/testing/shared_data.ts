/** Where tests look for real data that the project does not contain. */
import { fileURLToPath } from "node:url";

/** The real data a test needs, and whether it is there. */
export interface SharedData {
  path: string;
  absent: boolean;
}

/**
 * A folder or file beside the project, under `../shared`. Tests that need it are ignored where it is
 * absent, and say so once.
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
