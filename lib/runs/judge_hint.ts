/** The command that judges a run's clips, for messages. */
import { isByHand } from "../judges/judge_label.ts";
import { DEFAULT_JUDGE, JUDGES } from "../judges/registry.ts";
import { allEntries } from "../registry.ts";
import type { Verdict } from "../records/verdict.ts";
import { commandsOf } from "./judge_command.ts";
import type { Session } from "./session.ts";

/** The command that judges a run's clips: with the default judge, or the first that can. */
export function judgeHint({ loaded, command }: Pick<Session, "loaded" | "command">): string {
  const able = allEntries(JUDGES)
    .filter((judge) => !judge.bringsVerdicts && !judge.refuses?.(loaded));
  if (able.length === 0 || able.some(({ name }) => name === DEFAULT_JUDGE)) return command("judge");
  return command("judge", ["--judge", able[0].syntax[0].form]);
}

/**
 * The command that judges what nobody has judged in a run: of the judge that looks at clips and has
 * given most of its verdicts, whole, or {@link judgeHint}'s where there is none.
 */
export function judgeAgainHint(
  verdicts: readonly Pick<Verdict, "judge" | "judge_model">[],
  session: Pick<Session, "loaded" | "command" | "earlier">,
): string {
  const [most] = [...Map.groupBy(verdicts, ({ judge }) => judge).values()]
    .filter(([{ judge_model }]) =>
      judge_model !== "unknown" && !isByHand(judge_model) &&
      (judge_model !== "probe" || !JUDGES.probe.refuses?.(session.loaded))
    )
    .sort((a, b) => b.length - a.length);
  if (!most) return judgeHint(session);
  return commandsOf(most[0], session, { all: true }).join(" and ");
}
