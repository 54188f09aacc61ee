/** Servers as they are: what each sends, and what becomes of a run that asks it. */
import type { ServerDialect } from "./dialect.ts";
import { FIELD_DIALECTS } from "./field_dialects.ts";
import { STOPPING_DIALECTS } from "./stopping_dialects.ts";
import { THINKING_DIALECTS } from "./thinking_dialects.ts";

/** All of them. */
export const DIALECTS: readonly ServerDialect[] = [
  ...FIELD_DIALECTS,
  ...THINKING_DIALECTS,
  ...STOPPING_DIALECTS,
];
