/** Settings shared by everything that calls FFmpeg. */
import { AV_LOG_QUIET } from "node-av/constants";
import { FFmpegError, Log, PosixError } from "node-av/lib";

// FFmpeg would log notes on each file to the terminal, over a task's progress. The log level is
// global to the process, so it is set only here; failures are reported as status codes.
Log.setLevel(AV_LOG_QUIET);

/** A codec needs more input before it has output. The code's value differs between systems. */
export const AVERROR_EAGAIN = FFmpegError.AVERROR(PosixError.EAGAIN);
