/** What all that talks to FFmpeg here shares. */
import { AV_LOG_QUIET } from "node-av/constants";
import { FFmpegError, Log, PosixError } from "node-av/lib";

// FFmpeg would write notes on each file to the terminal, over a task's progress. Its level belongs
// to the process, so this is the one place that sets it; failures reach us as status codes.
Log.setLevel(AV_LOG_QUIET);

/** A codec wants input before it gives more output. Its number differs between systems. */
export const AVERROR_EAGAIN = FFmpegError.AVERROR(PosixError.EAGAIN);
