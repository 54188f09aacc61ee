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

/** The dialect whose name begins so. */
const named = (start: string) => DIALECTS.find(({ name }) => name.startsWith(start))!;

Deno.test("many at once find a dialect out together: each of them is refused once, and no later one", () =>
  inFolder(async (answers) => {
    const dialect = named("OpenAI's reasoning models");
    const { first } = await askDialect(dialect, { answers, concurrency: 4 });
    check(dialect, first);
    const refused = first.requests.filter(({ body }) => "temperature" in body).length;
    assertOk(refused >= 1 && refused <= 4, `${refused} requests were refused`);
    assertEquals(first.requests.length, QUESTIONS + refused);
  }));

Deno.test("403 to one of many at once is that question's, also when it is the first to answer", () =>
  inFolder(async (answers) => {
    const dialect = named("a gateway that forbids one question");
    const { first } = await askDialect(dialect, { answers, concurrency: QUESTIONS });
    check(dialect, first);
  }));

Deno.test("403 to all at once: no more is sent than was allowed at once", () =>
  inFolder(async (answers) => {
    const dialect = named("403 to all");
    const { first } = await askDialect(dialect, { answers, concurrency: 4 });
    check(dialect, first);
    assertOk(first.requests.length <= 4, `${first.requests.length} requests`);
  }));

Deno.test("answers that were kept before a field was refused stay kept", () =>
  inFolder(async (answers) => {
    const name = "a server that changes its mind";
    const wide = { name, requests: QUESTIONS, outcome: "verdicts" as const };
    let refuses = false;
    const { first } = await askDialect({
      ...wide,
      answer({ body }) {
        const refused = refuses && "seed" in body;
        // From the sixth question on.
        refuses ||= body.messages !== undefined && JSON.stringify(body).includes("Clip 5 ");
        return refused ? { status: 400, body: "unknown field seed" } : null;
      },
    }, { answers }).then(({ first, again }) => {
      assertEquals(again.requests.length, 0);
      assertEquals(again.rulings, first.rulings);
      return { first };
    });
    const noted = first.rulings.filter(({ reason }) => reason === "sent without seed").length;
    assertEquals([noted, first.rulings.length], [9, 24]);
  }));
