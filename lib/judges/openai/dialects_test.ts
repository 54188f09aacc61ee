/** Servers as they are: each dialect gives verdicts, nulls with their reason, or one line. */
import { assertEquals, assertOk } from "../../testing/assert.ts";
import { inFolder } from "../../testing/folder.ts";
import { askDialect, type DialectOutcome } from "../../testing/openai/ask_dialect.ts";
import { QUESTIONS, type ServerDialect } from "../../testing/openai/dialect.ts";
import { DIALECTS } from "../../testing/openai/dialects.ts";

const CRITERIA = 3 * QUESTIONS;

function check({ outcome, note, thinking = 0 }: ServerDialect, asked: DialectOutcome) {
  const { rulings, line, usage } = asked;
  const nulls = rulings.filter(({ met }) => met === null);
  if (typeof outcome === "object" && "line" in outcome) {
    assertOk(line !== null, "nothing ended the run");
    assertOk(outcome.line.test(line), line);
    assertEquals(line.split("\n").length, 1);
    assertEquals(rulings.filter(({ met }) => met !== null), []);
    return;
  }
  assertEquals(line, null);
  assertEquals(rulings.length, CRITERIA);
  const expected = outcome === "verdicts" ? 0 : 3 * outcome.nulls;
  assertEquals(nulls.length, expected, nulls[0]?.reason);
  for (const { reason } of nulls) {
    assertOk(outcome !== "verdicts" && outcome.reason.test(reason), reason);
  }
  assertOk(rulings.every(({ met }) => met !== false), "a draft became a verdict");
  const judged = rulings.filter(({ met }) => met !== null);
  if (note) assertOk(judged.every(({ reason }) => note.test(reason)), judged[0].reason);
  const counted = usage.requests - (usage.sent_as?.length ? 1 : 0);
  if (thinking > 0) {
    const reasoning = usage.reasoning_tokens!;
    assertOk(reasoning >= thinking * Math.min(QUESTIONS, counted), `${reasoning} of thinking`);
    assertOk(usage.completion_tokens >= reasoning);
  } else if (outcome === "verdicts") assertEquals(usage.reasoning_tokens, 0);
}

for (const dialect of DIALECTS) {
  Deno.test(`dialect: ${dialect.name}`, () =>
    inFolder(async (answers) => {
      const { first, again } = await askDialect(dialect, { answers });
      check(dialect, first);
      assertEquals(first.requests.length, dialect.requests);
      if (dialect.outcome !== "verdicts") return;
      // Nothing that is kept is asked again, nor what the server takes.
      assertEquals(again.requests.length, 0);
      assertEquals(again.rulings, first.rulings);
    }));
}
