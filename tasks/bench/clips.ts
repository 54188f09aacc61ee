/** Clips for benchmarks: simulated worlds at a given size. */
import { join } from "node:path";
import { codeVersion } from "../../lib/code_version.ts";
import { WORLDS } from "../../lib/worlds/all.ts";
import { WORLD_NAMES, worldFile } from "../../lib/worlds/registry.ts";
import { PROJECT } from "../../lib/paths.ts";
import { exists } from "../../lib/store/file.ts";
import { encodeVideo } from "../../lib/video/encode.ts";

/** A clip's size, in pixels and frames. */
export interface ClipSize {
  width: number;
  height: number;
  frames: number;
}

const FPS = 16;
const SEEDS = 2;

/**
 * Fills a folder with `1.mp4` … `<count>.mp4`, cycling through all worlds with two seeds each. The
 * clips are generated once and kept in the project's cache.
 */
export async function fillWithClips(
  folder: string,
  count: number,
  size: ClipSize,
  onProgress: (line: string) => void,
): Promise<void> {
  const made = await distinctClips(size, onProgress);
  for (let i = 0; i < count; i++) {
    await Deno.copyFile(made[i % made.length], join(folder, `${i + 1}.mp4`));
  }
}

async function distinctClips(
  size: ClipSize,
  onProgress: (line: string) => void,
): Promise<string[]> {
  const { width, height, frames } = size;
  const code = await codeVersion(WORLD_NAMES.map((name) => worldFile(name, "world.ts")));
  const folder = join(
    PROJECT.cache,
    "bench",
    `clips-${code.slice(0, 8)}-${width}x${height}x${frames}`,
  );
  await Deno.mkdir(folder, { recursive: true });
  const paths: string[] = [];
  for (let seed = 0; seed < SEEDS; seed++) {
    for (const { name, simulate } of WORLDS) {
      const path = join(folder, `${name}-${seed}.mp4`);
      paths.push(path);
      if (await exists(path)) continue;
      onProgress(`Generating a clip of ${name}, ${width}×${height}, ${frames} frames`);
      await encodeVideo(simulate({}, { seed, fps: FPS, ...size }).video, path);
    }
  }
  return paths;
}
