/** Clips in and out of files, and the frames of them that judges look at. */
export type { Video } from "./types.ts";
export { type Container, containerOfClip } from "./container.ts";
export { type DecodedFrame, decodeFrames, type DecodeOptions, decodeVideo } from "./decode.ts";
export { type EncodeOptions, encodeVideo } from "./encode.ts";
export {
  contactSheet,
  type ContactSheetOptions,
  type JpegOptions,
  toJpeg,
  toPng,
} from "./image.ts";
export {
  framesHash,
  type SampledVideo,
  sampleFrames,
  type SampleOptions,
  samplePositions,
} from "./sample.ts";
