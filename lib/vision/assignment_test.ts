import { random } from "../random.ts";
import { assertEquals, assertNear } from "../testing/assert.ts";
import { assign } from "./assignment.ts";

/** The minimum total cost by exhaustive search. */
function bruteForce(cost: number[][], row = 0, taken = new Set<number>()): number {
  if (row === cost.length) return 0;
  let best = Infinity;
  for (let column = 0; column < cost[row].length; column++) {
    if (taken.has(column)) continue;
    taken.add(column);
    best = Math.min(best, cost[row][column] + bruteForce(cost, row + 1, taken));
    taken.delete(column);
  }
  return best;
}

Deno.test("the assignment has minimum cost, and each column at most one row", () => {
  const uniform = random(11, "assignment");
  for (let round = 0; round < 300; round++) {
    const rows = 1 + Math.floor(5 * uniform());
    const columns = rows + Math.floor(3 * uniform());
    // Small integers make ties common; negative costs must not matter.
    const cost = Array.from(
      { length: rows },
      () => Array.from({ length: columns }, () => Math.floor(9 * uniform()) - 3),
    );
    const found = assign(cost);
    assertEquals(new Set(found).size, rows);
    assertNear(found.reduce((sum, column, row) => sum + cost[row][column], 0), bruteForce(cost), 0);
  }
  assertEquals(assign([]), []);
});
