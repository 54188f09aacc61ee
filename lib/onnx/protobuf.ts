/** A protocol buffer writer, limited to what ONNX models need. */

const VARINT = 0;
const LENGTH_DELIMITED = 2;
const FIXED_32 = 5;

/**
 * A message under construction. Fields are written in the order of the calls.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { message } from "./protobuf.ts";
 *
 * // The specification's example: field 1 with the value 150.
 * assertEquals(message().int(1, 150).bytes(), Uint8Array.of(0x08, 0x96, 0x01));
 * ```
 */
export interface Message {
  /** An integer of at most 53 bits. */
  int(field: number, value: number): Message;
  float(field: number, value: number): Message;
  text(field: number, value: string): Message;
  /** Bytes, or a message as bytes. */
  blob(field: number, value: Uint8Array): Message;
  bytes(): Uint8Array;
}

/** An empty message. */
export function message(): Message {
  const parts: Uint8Array[] = [];
  const tag = (field: number, wire: number) => parts.push(varint(field * 8 + wire));
  const self: Message = {
    int(field, value) {
      tag(field, VARINT);
      parts.push(varint(value));
      return self;
    },
    float(field, value) {
      tag(field, FIXED_32);
      parts.push(new Uint8Array(Float32Array.of(value).buffer));
      return self;
    },
    text: (field, value) => self.blob(field, new TextEncoder().encode(value)),
    blob(field, value) {
      tag(field, LENGTH_DELIMITED);
      parts.push(varint(value.length), value);
      return self;
    },
    bytes() {
      const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
      let at = 0;
      for (const part of parts) {
        all.set(part, at);
        at += part.length;
      }
      return all;
    },
  };
  return self;
}

function varint(value: number): Uint8Array {
  if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is not a safe integer`);
  // The format stores negative numbers in 64-bit two's complement.
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  do {
    const more = rest > 0x7fn;
    bytes.push(Number(rest & 0x7fn) | (more ? 0x80 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return Uint8Array.from(bytes);
}
