/**
 * Positional reads from a file, one block at a time, for parsers that need only a few bytes in each
 * place.
 */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";

/** Bytes read at once; a parser that moves forwards reads each block once. */
const BLOCK = 1 << 16;

/** A file's bytes by position. Reading past the end returns fewer bytes than requested. */
export class FileBytes implements Disposable {
  /** File size in bytes. */
  readonly size: number;
  readonly #file: number;
  #block = new Uint8Array(0);
  #start = 0;

  constructor(path: string) {
    this.#file = openSync(path, "r");
    const status = fstatSync(this.#file);
    this.size = status.size;
    if (!status.isFile()) {
      closeSync(this.#file);
      throw new Error("it is not a file");
    }
  }

  /** `length` bytes from `position`, or as many as available. `length` is at most 65536. */
  read(position: number, length: number): Uint8Array {
    const end = Math.min(position + length, this.size);
    if (position >= end) return new Uint8Array(0);
    if (position < this.#start || end > this.#start + this.#block.length) {
      const block = new Uint8Array(BLOCK);
      this.#block = block.subarray(0, readSync(this.#file, block, 0, BLOCK, position));
      this.#start = position;
    }
    return this.#block.subarray(position - this.#start, end - this.#start);
  }

  /** The bytes as ASCII, one character each. */
  text(position: number, length: number): string {
    return String.fromCharCode(...this.read(position, length));
  }

  [Symbol.dispose](): void {
    closeSync(this.#file);
  }
}
