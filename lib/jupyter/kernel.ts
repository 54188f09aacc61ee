/** A Deno kernel: started, given code to run, and always ended. */
import { launchKernel, type LaunchOptions, portsTaken } from "./launch.ts";
import { mailbox } from "./mailbox.ts";
import { type ErrorOutput, type Output, outputOf } from "./outputs.ts";
import { decodeMessage, encodeMessage, type Message } from "./wire.ts";
import { connectZmtp, type ZmtpSocket } from "./zmtp.ts";

/** Options of {@link startKernel}. */
export interface KernelOptions extends LaunchOptions {
  /** Ends the kernel when aborted, whatever its state. */
  signal?: AbortSignal;
  /** Seconds to wait for its first reply; 60 by default. */
  startTimeout?: number;
}

/** The result of running a piece of code. */
export interface Execution {
  /** In order of arrival. */
  outputs: Output[];
  /** The error thrown, or null. */
  error: ErrorOutput | null;
  /** Outputs that arrived after the kernel reported idle: other clients lose those. */
  late: number;
}

/** A running kernel. */
export interface Kernel {
  /** Its process id. */
  readonly pid: number;
  /** The kernel's `language_info`, for the notebook's metadata. */
  readonly language: Record<string, unknown>;
  /**
   * Runs code as one cell, for at most `timeout` seconds; one call at a time. Throws, and ends the
   * kernel, on a timeout, if the signal is aborted, or if the kernel dies; errors thrown by the
   * code are part of the result.
   */
  execute(code: string, timeout: number): Promise<Execution>;
  /** Ends the kernel, by force if necessary. Repeated calls have no further effect. */
  shutdown(): Promise<void>;
}

type Incoming = { channel: "shell" | "iopub"; message: Message };

/** Maximum attempts at starting a kernel whose ports are taken by others. */
const ATTEMPTS = 5;

/** The kernel exited at once because its ports were taken. */
class PortsTaken extends Error {}

/**
 * Starts a clean Deno kernel and waits until it answers on every channel. End it with `shutdown`.
 * If another process takes one of its ports first, the kernel is restarted with others, up to five
 * times.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { startKernel } from "./kernel.ts";
 *
 * const kernel = await startKernel({ cwd: Deno.cwd() });
 * try {
 *   const { outputs } = await kernel.execute('console.log("7 clips")', 60);
 *   assertEquals(outputs, [{ output_type: "stream", name: "stdout", text: "7 clips\n" }]);
 * } finally {
 *   await kernel.shutdown();
 * }
 * ```
 */
export async function startKernel(options: KernelOptions): Promise<Kernel> {
  for (let attempt = 1;; attempt++) {
    try {
      return await startOnce(options);
    } catch (error) {
      if (!(error instanceof PortsTaken) || attempt === ATTEMPTS) throw error;
    }
  }
}

async function startOnce(options: KernelOptions): Promise<Kernel> {
  const { signal, startTimeout = 60 } = options;
  signal?.throwIfAborted();
  const { process, key, ports, stderr, cleanUp } = await launchKernel(options);
  const session = crypto.randomUUID();
  const inbox = mailbox<Incoming>();
  const sockets: ZmtpSocket[] = [];

  let ended = false;
  const ending = process.status.then(async (status) => {
    ended = true;
    const how = status.signal ?? `code ${status.code}`;
    const message = await stderr;
    inbox.fail(new Error(`the Deno kernel ended (${how})${message === "" ? "" : `: ${message}`}`));
  });
  const abort = () => end(signal?.reason);
  signal?.addEventListener("abort", abort, { once: true });

  /** Ends the kernel at once and fails pending calls with the reason. */
  function end(reason: unknown) {
    inbox.fail(reason);
    if (!ended) process.kill("SIGKILL");
  }

  async function within<T>(seconds: number, late: string, run: () => Promise<T>): Promise<T> {
    const timer = setTimeout(() => end(new Error(late)), seconds * 1000);
    try {
      return await run();
    } finally {
      clearTimeout(timer);
    }
  }

  /** Connects as soon as the kernel listens. */
  async function connect(port: number, type: "DEALER" | "SUB"): Promise<ZmtpSocket> {
    while (true) {
      inbox.check();
      try {
        const socket = await connectZmtp(port, type);
        sockets.push(socket);
        return socket;
      } catch (error) {
        if (!(error instanceof Deno.errors.ConnectionRefused)) throw error;
      }
      await pause(20);
    }
  }

  async function listen(socket: ZmtpSocket, channel: Incoming["channel"]) {
    try {
      for (let frames; (frames = await socket.receive()) !== null;) {
        inbox.push({ channel, message: decodeMessage(frames, key) });
      }
    } catch (error) {
      inbox.fail(error);
    }
  }

  async function send(socket: ZmtpSocket, msg_type: string, content: Message["content"]) {
    const msg_id = crypto.randomUUID();
    const date = new Date().toISOString();
    const header = { msg_id, msg_type, session, username: "client", date, version: "5.3" };
    await socket.send(encodeMessage({ header, parent_header: {}, metadata: {}, content }, key));
    return msg_id;
  }

  /** The kernel's `language_info`, once it both replies and publishes. */
  async function greet(shell: ZmtpSocket): Promise<Record<string, unknown>> {
    for (let heard = false;;) {
      // Anything published before the subscription takes effect is lost, so ask until something
      // arrives.
      const id = await send(shell, "kernel_info_request", {});
      for (let replied = false; !replied;) {
        const { channel, message } = await inbox.next();
        if (channel === "iopub") heard = true;
        replied = message.header.msg_type === "kernel_info_reply" &&
          message.parent_header.msg_id === id;
        if (replied && heard) return message.content.language_info as Record<string, unknown>;
      }
      await pause(10);
    }
  }

  async function run(shell: ZmtpSocket, code: string, silent: boolean): Promise<Execution> {
    const outputs: Output[] = [];
    let late = 0;
    let idle = false;
    let reply: Message["content"] | null = null;
    const id = await send(shell, "execute_request", request(code, silent));
    while (!idle || reply === null) take(await inbox.next());

    // The kernel publishes outputs from a first-in, first-out queue that its idle message does not
    // wait for. Once a marker queued after the cell arrives, so have all of the cell's outputs.
    const marker = `flush-${crypto.randomUUID()}`;
    const flush = `Deno.jupyter.broadcast(${JSON.stringify(marker)}, {})`;
    await send(shell, "execute_request", request(flush, true));
    for (let flushed = false; !flushed;) {
      const incoming = await inbox.next();
      flushed = incoming.message.header.msg_type === marker;
      take(incoming);
    }
    return { outputs, error: errorOf(reply, outputs), late };

    function take({ channel, message: { header, parent_header, content } }: Incoming) {
      const ours = parent_header.msg_id === id;
      if (channel === "shell") {
        if (ours) reply = content;
      } else if (header.msg_type === "status") {
        if (ours && content.execution_state === "idle") idle = true;
      } else {
        const output = outputOf(header.msg_type, content);
        if (output === null) return;
        outputs.push(output);
        if (idle) late++;
      }
    }
  }

  let closing: Promise<void> | null = null;
  async function close(control: ZmtpSocket | null) {
    signal?.removeEventListener("abort", abort);
    const force = setTimeout(() => ended || process.kill("SIGKILL"), control === null ? 0 : 2000);
    // Sending fails if the kernel is already gone.
    if (!ended && control !== null) {
      await send(control, "shutdown_request", { restart: false }).catch(() => {});
    }
    await ending;
    clearTimeout(force);
    for (const socket of sockets) socket.close();
    await cleanUp();
  }

  try {
    const late = `the Deno kernel did not answer within ${startTimeout} s`;
    return await within(startTimeout, late, async () => {
      const shell = await connect(ports.shell, "DEALER");
      const control = await connect(ports.control, "DEALER");
      const iopub = await connect(ports.iopub, "SUB");
      listen(shell, "shell");
      listen(iopub, "iopub");
      const language = await greet(shell);
      await run(shell, LEAVE_WITH_PARENT, true);
      return {
        pid: process.pid,
        language,
        execute: (code, timeout) =>
          within(timeout, `still running after ${timeout} s`, () => run(shell, code, false)),
        shutdown: () => closing ??= close(control),
      };
    });
  } catch (error) {
    // A lost port may first appear as a broken connection; the reason follows.
    if (!signal?.aborted) await Promise.race([ending, pause(500)]);
    end(error);
    await close(null);
    const message = await stderr;
    if (portsTaken(message)) {
      throw new PortsTaken(`the Deno kernel ended: ${message}`, { cause: error });
    }
    throw error;
  }
}

/** A kernel whose parent was killed has nobody left to end it. */
const LEAVE_WITH_PARENT = `{
  const parent = Deno.ppid;
  setInterval(() => Deno.ppid === parent || Deno.exit(1), 1000);
}`;

function request(code: string, silent: boolean): Message["content"] {
  return { code, silent, store_history: !silent, allow_stdin: false, stop_on_error: false };
}

/** The error of a cell: published, or only in the reply if the code did not compile. */
function errorOf(reply: Message["content"], outputs: readonly Output[]): ErrorOutput | null {
  const published = outputs.find((output) => output.output_type === "error");
  if (published !== undefined) return published;
  return reply.status === "ok" ? null : outputOf("error", reply) as ErrorOutput;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
