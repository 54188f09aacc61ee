import { assertInputError, assertOk } from "../testing/assert.ts";
import { closedForm } from "./closed_form.ts";

const words = { title: "Speed", subtitle: "v = x", x: "x (µm)", y: "v (µm/s)" };
const law = [{ x: 0, y: 0 }, { x: 1, y: 1 }];

Deno.test("each clip has a panel with its own dots and the formula's line", () => {
  const clip = (name: string, count: number) => ({
    name,
    points: Array.from({ length: count }, (_, i) => ({ x: i / count, y: 0.5 })),
  });
  const svg = closedForm({ ...words, law, clips: [clip("correct", 4), clip("plug-flow", 3)] });
  const count = (pattern: RegExp) => [...svg.matchAll(pattern)].length;
  const [first, second] = svg.split(">plug-flow<");
  assertOk(first.includes(">correct<"));
  assertOk(count(/aria-label="line"/g) === 2);
  for (const [part, dots] of [[first, 4], [second, 3]] as const) {
    const group = part.slice(part.indexOf('aria-label="dot"')).split("</g>")[0];
    assertOk((group.match(/<(circle|path)/g) ?? []).length === dots, `${dots} dots in ${group}`);
  }
});

Deno.test("a figure without clips is refused", async () => {
  await assertInputError(() => closedForm({ ...words, law, clips: [] }), "0 clips");
});
