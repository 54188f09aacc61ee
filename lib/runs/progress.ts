/** Progress of steps, as lines a person or a log can read. */

/** Where a step reports how far it is. */
export interface StepProgress {
  /** Counts one more item as done. */
  tick(item?: string): void;
  /** Says how far the item under way is, from 0 to 1. */
  within(share: number, item: string): void;
  /** Ends the step with what it made. */
  done(summary: string): void;
}

/** Where steps report. */
export interface Progress {
  /** Begins a step of `total` items; 0 for one that cannot be counted. */
  step(name: string, total: number): StepProgress;
  /** A line of its own. */
  note(line: string): void;
}

/** Progress that nobody sees. */
export const silent: Progress = {
  step: () => ({ tick() {}, within() {}, done() {} }),
  note() {},
};

const INTERVAL_MS = 2000;
const TERMINAL_INTERVAL_MS = 100;

/**
 * Progress as text: on a terminal one line that is rewritten, elsewhere a line every two seconds.
 *
 * @param write Receives the text.
 * @param options.terminal Whether a line can be rewritten.
 * @param options.now Milliseconds on a clock that only goes forward.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { textProgress } from "./progress.ts";
 *
 * let text = "";
 * const progress = textProgress((part) => text += part, { terminal: false, now: () => 0 });
 * progress.step("judge", 2).done("2 made");
 * assertEquals(text, "judge     2 made (0.0 s)\n");
 * ```
 */
export function textProgress(
  write: (text: string) => void,
  { terminal, now = () => performance.now() }: { terminal: boolean; now?: () => number },
): Progress {
  const clear = terminal ? "\r\x1b[2K" : "";
  return {
    note: (line) => write(`${clear}${line}\n`),
    step(name, total) {
      const started = now();
      let done = 0;
      let shown = started;
      const label = name.padEnd(9);
      const show = (share: number, item: string) => {
        const time = now();
        if (time - shown < (terminal ? TERMINAL_INTERVAL_MS : INTERVAL_MS)) return;
        shown = time;
        const far = done + share;
        const left = (time - started) / far * (total - far) / 1000;
        const ahead = total > done && far > 0 ? `, about ${duration(left)} left` : "";
        const count = total > 0 ? `${done} of ${total}` : done;
        const line = `${label} ${count}${ahead}${item && `  ${item}`}`;
        write(terminal ? `${clear}${line}` : `${line}\n`);
      };
      return {
        tick(item = "") {
          done++;
          show(0, item);
        },
        within: (share, item) => show(share, item),
        done(summary) {
          write(`${clear}${label} ${summary} (${duration((now() - started) / 1000)})\n`);
        },
      };
    },
  };
}

/** Seconds as a person says them. */
function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 120) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${(minutes / 60).toFixed(1)} h`;
}
