/** The linear assignment problem: matching rows to columns at minimum total cost. */

/**
 * For each row of a cost matrix, its assigned column, with each column used at most once and
 * minimum total cost. There must be at least as many columns as rows, and costs must be finite.
 *
 * Shortest augmenting paths with dual variables (Jonker and Volgenant, Computing 38 (1987) 325–340,
 * the augmentation phase), O(rows² · columns).
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { assign } from "./assignment.ts";
 *
 * assertEquals(assign([[4, 1, 3], [2, 0, 5], [3, 2, 2]]), [1, 0, 2]);
 * ```
 */
export function assign(cost: readonly (readonly number[])[]): number[] {
  const rows = cost.length;
  const columns = rows === 0 ? 0 : cost[0].length;
  if (columns < rows) throw new RangeError(`${rows} rows cannot be assigned to ${columns} columns`);
  const rowPrice = new Float64Array(rows);
  const columnPrice = new Float64Array(columns);
  const rowOf = new Int32Array(columns).fill(-1);
  const columnOf = new Int32Array(rows).fill(-1);
  const via = new Int32Array(columns);
  const distance = new Float64Array(columns);
  const done = new Uint8Array(columns);
  for (let start = 0; start < rows; start++) {
    distance.fill(Infinity);
    done.fill(0);
    let [row, reached, shortest] = [start, -1, 0];
    // Dijkstra over reduced costs until the nearest column is free.
    while (reached < 0) {
      let nearest = -1;
      for (let column = 0; column < columns; column++) {
        if (done[column]) continue;
        const through = shortest + cost[row][column] - rowPrice[row] - columnPrice[column];
        if (through < distance[column]) {
          distance[column] = through;
          via[column] = row;
        }
        if (nearest < 0 || distance[column] < distance[nearest]) nearest = column;
      }
      shortest = distance[nearest];
      done[nearest] = 1;
      if (rowOf[nearest] < 0) reached = nearest;
      else row = rowOf[nearest];
    }
    rowPrice[start] += shortest;
    for (let column = 0; column < columns; column++) {
      if (!done[column] || column === reached) continue;
      rowPrice[rowOf[column]] += shortest - distance[column];
      columnPrice[column] -= shortest - distance[column];
    }
    for (let column = reached; column >= 0;) {
      const from = via[column];
      rowOf[column] = from;
      const next = columnOf[from];
      columnOf[from] = column;
      column = from === start ? -1 : next;
    }
  }
  return [...columnOf];
}
