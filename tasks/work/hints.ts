/** The commands that tasks print at their end. */
import { DEFAULT_JUDGE, JUDGES } from "../../lib/judges/registry.ts";
import { allEntries } from "../../lib/registry.ts";
import type { Session } from "../../lib/runs/session.ts";

/** The command that judges a run's clips: with the default judge, or the first that can. */
export function judgeHint({ loaded, command }: Session): string {
  const able = allEntries(JUDGES)
    .filter((judge) => !judge.bringsVerdicts && !judge.refuses?.(loaded));
  if (able.length === 0 || able.some(({ name }) => name === DEFAULT_JUDGE)) return command("judge");
  return command("judge", ["--judge", able[0].syntax[0].form]);
}
