/**
 * Downloads the released files: pinned commit, checked hashes, resumable, or copied from a local
 * folder.
 */
import { basename, dirname, join } from "node:path";
import { InputError, messageOf } from "../errors.ts";
import { exists, replaceFile } from "../store/file.ts";
import { sha256 } from "../store/key.ts";
import { RELEASE_FILES } from "./release.ts";

/** The commit of FreedomIntelligence/MicroVerse that the hashes belong to. */
export const RELEASE_COMMIT = "d4eb6079b41ee083d46de27bcbd1f361b1638a4b";
/** Base URL of that commit's files. */
const RELEASE_URL =
  `https://raw.githubusercontent.com/FreedomIntelligence/MicroVerse/${RELEASE_COMMIT}/eval/`;
/** SHA-256 of each released file at that commit. */
export const RELEASE_HASHES: Readonly<Record<string, string>> = {
  [RELEASE_FILES.raw]: "24615604ee3f5522f9b3f130c040c74a38fc0331d37652bb731e7c620853d9ae",
  [RELEASE_FILES.normalised]: "a70c0b1755ce6d9ac3a0dd574a0d9a2da894757250f311b95c72e903bfdfb591",
  [RELEASE_FILES.labels]: "0d5cd540b70f72b795dbd2b7c6ebeb7e47cd19d6a6deb532eecffdba50dc961c",
};

const ATTEMPTS = 4;

/** Whether a folder's three files are the released ones, byte for byte. */
export async function isPublished(folder: string): Promise<boolean> {
  const files = Object.entries(RELEASE_HASHES);
  const found = await Promise.all(
    files.map(async ([file]) => sha256(await Deno.readFile(join(folder, file)))),
  );
  return files.every(([, expected], i) => found[i] === expected);
}

/** The outcome for one file. */
export interface Fetched {
  file: string;
  bytes: number;
  /** Whether the file was already present with the expected hash. */
  cached: boolean;
}

export interface FetchOptions {
  /** Destination folder. */
  into: string;
  /** Folder to copy from instead of downloading. */
  from?: string;
  /** File names with their SHA-256; by default the release's. */
  hashes?: Readonly<Record<string, string>>;
  /** Base URL of the files. */
  url?: string;
  signal?: AbortSignal;
  /** Called as bytes arrive; `total` is null if the server does not send it. */
  onProgress?: (file: string, bytes: number, total: number | null) => void;
  /** Milliseconds before the second attempt; doubled for each further attempt. */
  backoff?: number;
}

/**
 * Fetches the released files into a folder. Files already present with the right hash are left
 * alone; an interrupted download resumes from `.microverse-NAME.part`, with up to four attempts.
 *
 * @throws {InputError} if a hash differs (naming the file and both hashes; the download is
 * discarded), a local file is missing, or the server refuses or remains unreachable.
 */
export async function fetchRelease(options: FetchOptions): Promise<Fetched[]> {
  await Deno.mkdir(options.into, { recursive: true });
  const fetched: Fetched[] = [];
  for (const [file, expected] of Object.entries(options.hashes ?? RELEASE_HASHES)) {
    const path = join(options.into, file);
    const present = await exists(path) ? await Deno.readFile(path) : null;
    if (present && sha256(present) === expected) {
      fetched.push({ file, bytes: present.length, cached: true });
      continue;
    }
    const bytes = options.from === undefined
      ? await download(file, expected, path, options)
      : await readLocal(join(options.from, file));
    const found = sha256(bytes);
    if (found !== expected) {
      await Deno.remove(partOf(path)).catch(() => {});
      throw new InputError(
        `Refused ${file}: its SHA-256 differs from the release.\n  expected ${expected}\n  found    ${found}`,
      );
    }
    await replaceFile(path, bytes);
    await Deno.remove(partOf(path)).catch(() => {});
    fetched.push({ file, bytes: bytes.length, cached: false });
  }
  return fetched;
}

/** Where a download is until it is whole; a name of ours, since `NAME.part` may be a browser's. */
function partOf(path: string): string {
  return join(dirname(path), `.microverse-${basename(path)}.part`);
}

async function readLocal(path: string): Promise<Uint8Array> {
  try {
    return await Deno.readFile(path);
  } catch (error) {
    throw new InputError(`Cannot copy ${path}: ${messageOf(error)}`);
  }
}

async function download(
  file: string,
  expected: string,
  path: string,
  { url = RELEASE_URL, signal, onProgress, backoff = 500 }: FetchOptions,
): Promise<Uint8Array> {
  const part = partOf(path);
  let problem = "";
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (attempt > 0) await pause(backoff * 2 ** (attempt - 1), signal);
    const have = await exists(part) ? (await Deno.stat(part)).size : 0;
    try {
      const response = await fetch(new URL(file, url), {
        signal,
        headers: have > 0 ? { range: `bytes=${have}-` } : {},
      });
      if (response.status === 416) {
        // The partial file is at least as long as the file: its hash decides whether it is usable.
        await response.body?.cancel();
        const bytes = await Deno.readFile(part);
        if (sha256(bytes) === expected) return bytes;
        await Deno.remove(part);
        problem = "the partial file does not match the server's; starting over";
        continue;
      }
      if (response.status >= 500 || response.status === 429) {
        await response.body?.cancel();
        problem = `HTTP ${response.status}`;
        continue;
      }
      if (!response.ok) {
        await response.body?.cancel();
        throw new InputError(
          `Cannot download ${file}: ${new URL(file, url)} answered HTTP ${response.status}; ` +
            `use --from DIR for a local copy`,
        );
      }
      await receive(response, part, have, (bytes, total) => onProgress?.(file, bytes, total));
      return await Deno.readFile(part);
    } catch (error) {
      if (error instanceof InputError || signal?.aborted) throw error;
      problem = messageOf(error);
    }
  }
  throw new InputError(
    `Cannot download ${file} from ${url}: ${problem} (after ${ATTEMPTS} attempts); ` +
      `run it again to resume, or use --from DIR for a local copy`,
  );
}

async function receive(
  response: Response,
  part: string,
  have: number,
  onBytes: (bytes: number, total: number | null) => void,
): Promise<void> {
  // A server that ignores the range sends the whole file.
  const start = response.status === 206 ? have : 0;
  const length = response.headers.get("content-length");
  const encoded = response.headers.has("content-encoding");
  const total = length === null || encoded ? null : start + Number(length);
  using target = await Deno.open(part, { write: true, create: true });
  await target.truncate(start);
  await target.seek(start, Deno.SeekMode.Start);
  let bytes = start;
  for await (const chunk of response.body!) {
    for (let at = 0; at < chunk.length;) at += await target.write(chunk.subarray(at));
    bytes += chunk.length;
    onBytes(bytes, total);
  }
  if (total !== null && bytes < total) throw new Error(`ended after ${bytes} of ${total} bytes`);
}

function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    }, { once: true });
  });
}
