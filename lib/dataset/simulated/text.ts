/** A text summary of a training set for the terminal. */
import { columns } from "../../columns.ts";
import { SCALES } from "../../records/task.ts";
import { WORLDS } from "../../worlds/all.ts";
import type { DatasetClip } from "./dataset.ts";
import { type DatasetName, DATASETS, SPLITS } from "./plan.ts";

/**
 * Number of clips by scale (for micro-worlds with the paper's shares), by world, and by split.
 *
 * @param paper Shares by scale.
 */
export function datasetText(
  clips: readonly DatasetClip[],
  set: DatasetName,
  paper: Record<string, number>,
): string {
  const count = (of: (clip: DatasetClip) => boolean) => clips.filter(of).length;
  const share = (n: number) => `${(100 * n / clips.length).toFixed(1)}%`;
  const words = clips.map(({ prompt }) => prompt.split(/\s+/).length);
  const rows = [["", "clips", "share", ...(set === "micro" ? ["paper"] : [])]];
  const add = (name: string, n: number, beside = "") =>
    rows.push([name, String(n), share(n), ...(set === "micro" ? [beside] : [])]);
  const addWorlds = (worlds: readonly { name: string }[]) => {
    for (const { name } of worlds) add(`  ${name}`, count((clip) => clip.world === name));
  };
  if (set === "macro") {
    add("macro", count((clip) => clip.scale === "macro"));
    addWorlds(DATASETS.macro);
  } else {
    for (const scale of SCALES) {
      const beside = `${(100 * paper[scale]).toFixed(1)}%`;
      add(scale, count((clip) => clip.scale === scale), beside);
      addWorlds(WORLDS.filter((world) => world.scale === scale));
    }
  }
  for (const split of Object.keys(SPLITS)) add(split, count((clip) => clip.split === split));
  return [
    "",
    ...columns(rows),
    `\n${new Set(clips.map(({ prompt }) => prompt)).size} different captions of ` +
    `${Math.min(...words)} to ${Math.max(...words)} words`,
  ].join("\n");
}
