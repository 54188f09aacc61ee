/** What is known of the dialect of a server and model, for all that ask it. */
import { z } from "zod";
import { replaceFile } from "../../../store/file.ts";
import { sha256 } from "../../../store/key.ts";
import { ANSWER_MODES, CAPS, type Dialect, OPTIONAL, PLAIN } from "./dialect.ts";
import { merged } from "./refusal.ts";

/** A server may learn what it refused: what is known is forgotten after so many milliseconds. */
const FORGET_MS = 30 * 86_400_000;
/** How many times the room that was asked for answers may get at first. */
export const ROOMS = [1, 2, 4];
/** Answers that need twice the room before all others get it. */
const NEEDED = 2;
/** Forms that are remembered of a server, at most. */
const MOST_FORMS = 16;

const dialectSchema: z.ZodType<Dialect> = z.object({
  mode: z.enum(ANSWER_MODES),
  without: z.array(z.enum(OPTIONAL)),
  cap: z.enum(CAPS),
  most_tokens: z.int().positive().nullable(),
  image: z.enum(["object", "detail", "address"]),
});

const fileSchema = z.object({
  version: z.literal(1),
  server: z.string(),
  model: z.string(),
  learnt: z.number(),
  forms: z.array(dialectSchema).min(1),
});

/** See {@link dialectMemory}. */
export interface DialectMemory {
  /** How the server is asked now. */
  readonly known: Dialect;
  /**
   * The forms in which it has been asked, the newest first, {@link PLAIN} included: answers to all of
   * them are kept.
   */
  readonly forms: readonly Dialect[];
  /**
   * Takes what a refused request found out. Until the first answer all are asked that way from then
   * on; once the present form was answered, the fault may be the question's own, and it alone is.
   *
   * @param sent The request's dialect.
   * @param found Where its refusal led.
   * @returns How to ask the question next.
   */
  learn(sent: Dialect, found: Dialect): Dialect;
  /**
   * A form was found to be accepted where another was refused: all are asked that way.
   *
   * @param sent The form that was refused; the present one by default.
   */
  adopt(found: Dialect, sent?: Dialect): void;
  /** An answer came: what is known holds, and is kept. */
  confirm(): Promise<void>;
  /**
   * How many times the room that was asked for answers get at first: more once answers were cut off
   * again and again. Of this process alone.
   */
  readonly room: number;
  /** An answer that was cut off was whole with twice the room. */
  neededRoom(): void;
}

/** Where a memory is kept. */
export interface KeptMemory {
  /** Folder of kept answers. */
  folder: string;
  /** The server's base URL, without parts that may be secret. */
  server: string;
  model: string;
}

/**
 * What is known of a server and model, shared by all questions, so that only those in flight at once
 * find out the same. Kept beside the answers, for later runs and for batches, which cannot change
 * their form; what no answer has confirmed is not kept.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { PLAIN } from "./dialect.ts";
 * import { dialectMemory } from "./dialect_memory.ts";
 *
 * const folder = await Deno.makeTempDir();
 * const memory = await dialectMemory({ folder, server: "http://localhost:8000/v1", model: "m" });
 * memory.learn(PLAIN, { ...PLAIN, without: ["seed"] });
 * assertEquals(memory.known.without, ["seed"]);
 * assertEquals(memory.forms.length, 2);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function dialectMemory(kept: KeptMemory): Promise<DialectMemory> {
  const path = pathOf(kept);
  return memoryOf(await readForms(path) ?? [PLAIN], async (forms) => {
    const { server, model } = kept;
    const file = { version: 1, server, model, learnt: Date.now(), forms };
    await replaceFile(path, `${JSON.stringify(file)}\n`);
  });
}

/** A memory of this process alone. */
export function newMemory(): DialectMemory {
  return memoryOf([PLAIN], () => Promise.resolve());
}

function memoryOf(
  forms: Dialect[],
  save: (forms: readonly Dialect[]) => Promise<void>,
): DialectMemory {
  const has = (dialect: Dialect) => forms.some((form) => same(form, dialect));
  if (!has(PLAIN)) forms.push(PLAIN);
  let unsaved = false;
  // What was kept has been answered before.
  let answered = !same(forms[0], PLAIN);
  const turnTo = (next: Dialect) => {
    if (same(next, forms[0])) return;
    const before = forms.findIndex((form) => same(form, next));
    if (before >= 0) forms.splice(before, 1);
    forms.unshift(next);
    forms.splice(MOST_FORMS);
    unsaved = true;
  };
  let room = 1;
  let needed = 0;
  return {
    get room() {
      return room;
    },
    neededRoom() {
      needed += 1;
      if (needed % NEEDED === 0) room = Math.min(ROOMS.at(-1)!, 2 * room);
    },
    get known() {
      return forms[0];
    },
    forms,
    learn(sent, found) {
      if (answered) return found;
      turnTo(merged(forms[0], sent, found));
      return forms[0];
    },
    adopt(found, sent = forms[0]) {
      turnTo(merged(forms[0], sent, found));
    },
    async confirm() {
      answered = true;
      if (!unsaved) return;
      unsaved = false;
      await save(forms);
    },
  };
}

function pathOf({ folder, server, model }: KeptMemory): string {
  return `${folder}/servers/${sha256(`${server} ${model}`).slice(0, 32)}.json`;
}

/** The forms that are kept; null for none, for old ones, and for a file that is damaged. */
async function readForms(path: string): Promise<Dialect[] | null> {
  try {
    const { learnt, forms } = fileSchema.parse(JSON.parse(await Deno.readTextFile(path)));
    return Date.now() - learnt < FORGET_MS ? forms : null;
  } catch {
    return null;
  }
}

function same(a: Dialect, b: Dialect): boolean {
  return JSON.stringify(inOrder(a)) === JSON.stringify(inOrder(b));
}

function inOrder({ mode, without, cap, most_tokens, image }: Dialect) {
  return [mode, without, cap, most_tokens, image];
}
