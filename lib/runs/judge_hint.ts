/** The command that judges a run's clips, for messages. */
import { DEFAULT_JUDGE, JUDGES } from "../judges/registry.ts";
import { allEntries } from "../registry.ts";
import type { Session } from "./session.ts";

/** The command that judges a run's clips: with the default judge, or the first that can. */
export function judgeHint({ loaded, command }: Pick<Session, "loaded" | "command">): string {
  const able = allEntries(JUDGES)
    .filter((judge) => !judge.bringsVerdicts && !judge.refuses?.(loaded));
  if (able.length === 0 || able.some(({ name }) => name === DEFAULT_JUDGE)) return command("judge");
  return command("judge", ["--judge", able[0].syntax[0].form]);
}
