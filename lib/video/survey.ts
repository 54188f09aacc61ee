/** What a clip's packets say before anything is decoded: how many frames it shows, and when. */
import {
  AV_CODEC_ID_MPEG4,
  AV_CODEC_ID_VP8,
  AV_NOPTS_VALUE,
  AV_PKT_FLAG_DISCARD,
} from "node-av/constants";
import { Buffer } from "node:buffer";
import type { Packet, Stream } from "node-av/lib";
import { InputError } from "../errors.ts";
import { emptyChunks } from "./avi_chunks.ts";
import type { Container } from "./container.ts";
import { ClipDecoder } from "./decoder.ts";
import { ClipDemuxer } from "./demux.ts";
import { checkFrames } from "./limits.ts";

/** The frames that a clip shows, from its packets. */
export interface Survey {
  /** Frames shown after applying edit lists, which decoding must yield. */
  shown: number;
  /** Frames declared in the container's header; null if its format has no such field. */
  declared: number | null;
  /**
   * Packets, by number in file order, that hold no picture, or one that cannot be decoded because it
   * refers to pictures before the clip's start, where it was cut. Players pass over them.
   */
  lost: ReadonlySet<number>;
  /** Time of each shown frame's packet, in the stream's time base, in file order. */
  times: bigint[];
  /** Ticks that the last shown frame is shown for; null if the container does not say. */
  last: bigint | null;
}

/** A packet of the video stream, without its data. */
interface PacketNote {
  time: bigint;
  duration: bigint;
  isShown: boolean;
  isKey: boolean;
  /** Whether it stands for a dropped frame: the one before is shown for longer. */
  isEmpty: boolean;
  /** Whether that has to be tried: its picture may say that it is not coded. */
  isDoubtful: boolean;
}

/** Start code of a picture in MPEG-4 Part 2, ISO/IEC 14496-2 §6.2.5. */
const VOP = Buffer.from([0, 0, 1, 0xb6]);
/** Bytes of the longest packet that stands for a dropped frame: a start code and a header. */
const MAX_EMPTY = 10;

/**
 * Whether a packet stands for a dropped frame: MPEG-4 encoders write a byte without a picture, or the
 * header of a picture with `vop_coded` 0, whose place in it depends on the stream's header.
 */
function emptinessOf(packet: Packet, stream: Stream): "empty" | "doubtful" | "full" {
  if (stream.codecpar.codecId !== AV_CODEC_ID_MPEG4 || packet.size > MAX_EMPTY) return "full";
  return packet.data?.includes(VOP) ? "doubtful" : "empty";
}

/** Containers that store the duration of each frame; others give every packet the same one. */
const STORES_DURATIONS: readonly Container[] = ["mov", "gif"];

/** Whether a packet's frame is shown: edit lists drop some, and VP8 has hidden references. */
function isShown(packet: Packet, stream: Stream): boolean {
  if (packet.flags & AV_PKT_FLAG_DISCARD) return false;
  // RFC 6386 §9.1: show_frame is bit 4 of the first byte.
  if (stream.codecpar.codecId === AV_CODEC_ID_VP8) return ((packet.data?.[0] ?? 0) & 0x10) !== 0;
  return true;
}

/**
 * Counts the frames of a clip by reading its packets, which takes milliseconds where decoding takes
 * a second. Throws an InputError if there are fewer packets than declared frames, or none. Empty
 * chunks of an AVI file, which repeat the frame before, count as present and not as frames.
 *
 * Matroska, WebM and GIF declare no count; their structure was checked for completeness before.
 *
 * @internal
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { encodeVideo } from "./encode.ts";
 * import { surveyClip } from "./survey.ts";
 *
 * const path = await Deno.makeTempFile({ suffix: ".mp4" });
 * const frames = Array.from({ length: 5 }, () => new Uint8Array(32 * 32 * 3));
 * await encodeVideo({ width: 32, height: 32, fps: 8, frames }, path);
 * const { shown, declared, lost } = await surveyClip(path, "mov");
 * assertEquals([shown, declared, lost.size], [5, 5, 0]);
 * await Deno.remove(path);
 * ```
 */
export async function surveyClip(
  path: string,
  container: Container,
  { blocking }: { blocking?: boolean } = {},
): Promise<Survey> {
  const tally = async (demuxer: Record<string, string>) => {
    await using clip = await ClipDemuxer.open(path, container, { blocking, demuxer });
    const declared = Number(clip.stream.nbFrames) || null;
    checkFrames(path, declared ?? 0);
    const packets: PacketNote[] = [];
    for await (const packet of clip.packets()) {
      const { pts, dts, duration, isKeyframe: isKey } = packet;
      const time = pts === AV_NOPTS_VALUE ? dts : pts;
      const emptiness = emptinessOf(packet, clip.stream);
      const [isEmpty, isDoubtful] = [emptiness === "empty", emptiness === "doubtful"];
      const shown = !isEmpty && isShown(packet, clip.stream);
      packets.push({ time, duration, isKey, isEmpty, isDoubtful, isShown: shown });
      checkFrames(path, packets.length);
    }
    return { packets, declared, stream: clip.stream.index };
  };
  const { packets, declared, stream } = await tally({});
  const missing = (found: number) => declared !== null && found < declared;
  let found = packets.length;
  // An edit list may drop packets on purpose; without one, all declared packets must be present.
  if (missing(found) && container === "mov") {
    found = (await tally({ ignore_editlist: "1" })).packets.length;
  }
  if (missing(found) && container === "avi") found += emptyChunks(path, stream);
  const lost = await lostPackets(path, container, packets);
  for (const [i, packet] of packets.entries()) if (packet.isEmpty) lost.add(i);
  for (const i of await notCoded(path, container, packets)) lost.add(i);
  const shown = packets.filter((packet, i) => packet.isShown && !lost.has(i));
  if (shown.length === 0 && packets.length > 0 && !packets.some(({ isShown }) => isShown)) {
    throw new InputError(
      `Cannot read clip ${path}: none of its ${packets.length} frames is shown: its edit list or ` +
        `its packets' flags hide them all; re-encode it without (ffmpeg -ignore_editlist 1 -i IN OUT.mp4)`,
    );
  }
  if (shown.length === 0 || missing(found)) {
    throw new InputError(
      `Cannot read clip ${path}: it declares ${declared ?? "an unknown number of"} frames, ` +
        `${shown.length === 0 ? 0 : found} were found`,
    );
  }
  const latest = shown.reduce((late, packet) => packet.time > late.time ? packet : late);
  return {
    shown: shown.length,
    declared,
    lost,
    times: shown.map(({ time }) => time),
    last: STORES_DURATIONS.includes(container) ? latest.duration : null,
  };
}

/**
 * The packets whose pictures cannot be decoded because the clip was cut before them: in file order
 * they stand before the first key picture, or after it and are shown earlier. Some of those can be
 * decoded, so the pictures up to the next key picture are tried.
 *
 * An mp4 that begins without a key picture is damaged instead: whoever cuts one keeps the pictures
 * that others refer to and hides them by an edit list.
 */
async function lostPackets(
  path: string,
  container: Container,
  packets: readonly PacketNote[],
): Promise<Set<number>> {
  const first = packets.findIndex(({ isKey }) => isKey);
  if (first < 0) return new Set();
  const next = packets.findIndex(({ isKey }, i) => i > first && isKey);
  const end = next < 0 ? packets.length : next;
  if (first > 0 && container === "mov") return new Set();
  const { time } = packets[first];
  const early = packets.slice(0, end)
    .flatMap((packet, i) => i < first || (i > first && packet.time <= time) ? [i] : []);
  if (early.length === 0) return new Set();
  const decoded = new Set(await decodable(path, container, end));
  return new Set(early.filter((i) => !decoded.has(i)));
}

/** Packets in doubt that give no picture; none if there are as many pictures as packets. */
async function notCoded(
  path: string,
  container: Container,
  packets: readonly PacketNote[],
): Promise<number[]> {
  if (!packets.some(({ isDoubtful }) => isDoubtful)) return [];
  const decoded = await decodable(path, container, packets.length);
  // One packet may hold two pictures, and the next one none.
  if (decoded.length >= packets.filter(({ isEmpty }) => !isEmpty).length) return [];
  const numbers = new Set(decoded);
  return [...packets.keys()].filter((i) => packets[i].isDoubtful && !numbers.has(i));
}

/** Of the first packets, the numbers in file order of those that give a picture. */
async function decodable(path: string, container: Container, end: number): Promise<number[]> {
  await using clip = await ClipDemuxer.open(path, container);
  await clip.findStreamInfo();
  using decoder = await ClipDecoder.open(path, clip, { threads: 1, tolerant: true });
  const found: number[] = [];
  for await (const frame of decoder.frames(numbered(clip, end))) found.push(Number(frame.pts));
  return found;
}

/** The first packets, with their numbers in place of their times, which decoders hand through. */
async function* numbered(clip: ClipDemuxer, end: number): AsyncGenerator<Packet> {
  let i = 0;
  for await (const packet of clip.packets()) {
    if (i === end) return;
    packet.pts = BigInt(i++);
    yield packet;
  }
}
