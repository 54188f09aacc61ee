/** Servers as they are: a table of what becomes of questions that are asked in each dialect. */
import { askDialect, type DialectOutcome } from "../../lib/testing/openai/ask_dialect.ts";
import { QUESTIONS } from "../../lib/testing/openai/dialect.ts";
import { DIALECTS } from "../../lib/testing/openai/dialects.ts";
import { count } from "../../lib/options.ts";
import { defineTask, main } from "../cli.ts";

await main(
  defineTask({
    name: "bench dialects",
    summary: "Asks servers of every dialect, and prints what becomes of it and the requests sent.",
    flags: {
      concurrency: count("Questions asked at once.", 1, QUESTIONS),
    },
  }),
  async ({ concurrency }, { progress }) => {
    console.log(`| server, ${QUESTIONS} questions of 3 criteria | result | requests | again |`);
    console.log("|---|---|---:|---:|");
    for (const dialect of DIALECTS) {
      progress.note(dialect.name);
      const answers = await Deno.makeTempDir();
      try {
        const { first, again } = await askDialect(dialect, { answers, concurrency });
        const { length: requests } = first.requests;
        console.log(
          `| ${dialect.name} | ${resultOf(first)} | ${requests} | ${again.requests.length} |`,
        );
      } finally {
        await Deno.remove(answers, { recursive: true });
      }
    }
  },
);

/** What became of it, in a table's cell. */
function resultOf({ rulings, line, usage }: DialectOutcome): string {
  const judged = rulings.filter(({ met }) => met !== null).length;
  const cell = (text: string) => text.replaceAll("|", "\\|").replace(/127\.0\.0\.1:\d+/g, "HOST");
  if (line !== null) return cell(`stops: ${line}`);
  const [nothing] = rulings.filter(({ met }) => met === null);
  const verdicts = `${judged} verdicts of ${rulings.length}`;
  const thinking = usage.reasoning_tokens ? [`${usage.reasoning_tokens} tokens of thinking`] : [];
  const notes = [verdicts, ...usage.sent_as ?? [], ...thinking];
  return cell([...notes, ...(nothing ? [`null: ${nothing.reason}`] : [])].join("; "));
}
