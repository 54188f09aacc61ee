/** A Deno kernel of our own: started, asked to run code, and always ended. */
import { launchKernel, type LaunchOptions, portsTaken } from "./launch.ts";
import { mailbox } from "./mailbox.ts";
import { type ErrorOutput, type Output, outputOf } from "./outputs.ts";
import { decodeMessage, encodeMessage, type Message } from "./wire.ts";
import { connectZmtp, type ZmtpSocket } from "./zmtp.ts";

/** Where, and for how long, a kernel runs. */
export interface KernelOptions extends LaunchOptions {
  /** Ends the kernel when aborted, whatever it is doing. */
  signal?: AbortSignal;
  /** Seconds that it may take until it answers; 60 by default. */
  startTimeout?: number;
}

/** What running one piece of code gave. */
export interface Execution {
  /** In the order in which they were made. */
  outputs: Output[];
  /** What was thrown; null where nothing was. */
  error: ErrorOutput | null;
  /** How many of the outputs came after the kernel called itself idle: other clients lose those. */
  late: number;
}

/** A running kernel. */
export interface Kernel {
  /** Its process. */
  readonly pid: number;
  /** What it says of its language: a notebook's `language_info`. */
  readonly language: Record<string, unknown>;
  /**
   * Runs code as one cell, for at most `timeout` seconds; one call at a time. Throws, and ends the
   * kernel, where the time is over, the signal is aborted, or the kernel dies; what the code throws
   * is in the answer.
   */
  execute(code: string, timeout: number): Promise<Execution>;
  /** Ends the kernel, by force where it does not go by itself. Any number of calls are one. */
  shutdown(): Promise<void>;
}

type Incoming = { channel: "shell" | "iopub"; message: Message };

/** How often a kernel is started whose ports others took first. */
const ATTEMPTS = 5;

/** A kernel that ended at once, because its ports were taken. */
class PortsTaken extends Error {}

/**
 * Starts a clean Deno kernel and waits until it answers on every channel. End it with `shutdown`.
 * Where another process takes one of its ports first, it is started again with others, at most five
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
  const { process, key, ports, complaint, cleanUp } = await launchKernel(options);
  const session = crypto.randomUUID();
  const inbox = mailbox<Incoming>();
  const sockets: ZmtpSocket[] = [];

  let ended = false;
  const ending = process.status.then(async (status) => {
    ended = true;
    const how = status.signal ?? `code ${status.code}`;
    const said = await complaint;
    inbox.fail(new Error(`the Deno kernel ended (${how})${said === "" ? "" : `: ${said}`}`));
  });
  const abort = () => end(signal?.reason);
  signal?.addEventListener("abort", abort, { once: true });

  /** Ends the kernel at once; whoever waits for it is told why. */
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

  /** Connects once the kernel listens. */
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

  /** What the kernel says of its language, once it both replies and is heard publishing. */
  async function greet(shell: ZmtpSocket): Promise<Record<string, unknown>> {
    for (let heard = false;;) {
      // What is published before the subscription has arrived is lost, so ask until it is heard.
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

    // The kernel publishes outputs from a queue that its idle message does not wait for, and which is
    // first in, first out: once a marker put in after the cell is heard, so is all of the cell.
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
    // A kernel that is gone cannot be told to go.
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
    // One that lost a port may be seen first as a connection that breaks: its reason comes after.
    if (!signal?.aborted) await Promise.race([ending, pause(500)]);
    end(error);
    await close(null);
    const said = await complaint;
    if (portsTaken(said)) throw new PortsTaken(`the Deno kernel ended: ${said}`, { cause: error });
    throw error;
  }
}

/** A kernel whose starter was killed has nobody left to end it. */
const LEAVE_WITH_PARENT = `{
  const parent = Deno.ppid;
  setInterval(() => Deno.ppid === parent || Deno.exit(1), 1000);
}`;

function request(code: string, silent: boolean): Message["content"] {
  return { code, silent, store_history: !silent, allow_stdin: false, stop_on_error: false };
}

/** What a cell threw: published, or, where it could not even be compiled, only replied. */
function errorOf(reply: Message["content"], outputs: readonly Output[]): ErrorOutput | null {
  const published = outputs.find((output) => output.output_type === "error");
  if (published !== undefined) return published;
  return reply.status === "ok" ? null : outputOf("error", reply) as ErrorOutput;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
