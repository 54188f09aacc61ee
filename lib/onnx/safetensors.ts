/**
 * Locates tensors in `.safetensors` files without reading them. A file consists of the header's length
 * in eight bytes, a JSON header with each tensor's offsets, and the tensors.
 *
 * The format: https://github.com/huggingface/safetensors#format
 */
import { InputError, messageOf } from "../errors.ts";
import { type Dtype, DTYPES, type StoredTensor } from "./types.ts";

/** Bytes of the header's length, an unsigned little-endian integer. */
const LENGTH_BYTES = 8;

/** Longest header accepted by the reference implementation, in bytes. */
const LONGEST_HEADER = 100_000_000;

/**
 * Reads a file's header. Links are resolved to the file itself, since caches of published models are
 * folders of links, which onnxruntime refuses to follow.
 *
 * The header is not trusted: it must be consistent with itself and with the file's length and, as the
 * format requires, tensors must be contiguous, without gaps or overlap.
 *
 * @param path A `.safetensors` file, or a link to one.
 * @returns The tensors, in the order of their bytes.
 * @throws {InputError} for a file that cannot be read, is truncated, or is not in this format; the
 * message names tensor and file, what was expected and what was found.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { readHeader } from "./safetensors.ts";
 *
 * const header = '{"bias":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}';
 * const file = await Deno.realPath(await Deno.makeTempFile({ suffix: ".safetensors" }));
 * const length = new Uint8Array(BigUint64Array.of(BigInt(header.length)).buffer);
 * const values = new Uint8Array(Float32Array.of(1, 2).buffer);
 * const text = new TextEncoder().encode(header);
 * await Deno.writeFile(file, new Uint8Array([...length, ...text, ...values]));
 * assertEquals(await readHeader(file), [
 *   { name: "bias", dtype: "F32", shape: [2], file, offset: 8 + header.length, length: 8 },
 * ]);
 * await Deno.remove(file);
 * ```
 */
export async function readHeader(path: string): Promise<StoredTensor[]> {
  const { header, file, start, size } = await openHeader(path);
  const entries = Object.entries(header).filter(([name]) => name !== METADATA);
  const tensors = entries.map(([name, entry]) => checkedTensor(name, entry, { path, file, start }));
  tensors.sort((a, b) => a.offset - b.offset || a.length - b.length);
  checkLayout(tensors, { path, start, size });
  return tensors;
}

/**
 * Reads a file's metadata: what a script wrote into its header beside the tensors.
 *
 * @returns Text by name; none for a file without.
 * @throws {InputError} as {@link readHeader}, and for metadata that is not text by name.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { readMetadata } from "./safetensors.ts";
 * import { writeSafetensors } from "../testing/onnx/safetensors.ts";
 *
 * const file = await Deno.makeTempFile({ suffix: ".safetensors" });
 * await writeSafetensors(file, {}, { ss_network_alpha: "16" });
 * assertEquals(await readMetadata(file), { format: "pt", ss_network_alpha: "16" });
 * await Deno.remove(file);
 * ```
 */
export async function readMetadata(path: string): Promise<Record<string, string>> {
  const { header } = await openHeader(path);
  const metadata = header[METADATA] ?? {};
  if (!isRecord(metadata) || Object.values(metadata).some((value) => typeof value !== "string")) {
    throw refusal(path, `expected metadata of text by name, found ${shortened(metadata)}`);
  }
  return metadata as Record<string, string>;
}

/** The header's entry that is not a tensor. */
const METADATA = "__metadata__";

/** A file's header, not checked beyond being one. */
async function openHeader(path: string) {
  const file = await Deno.realPath(path).catch((error) => {
    throw refusal(path, messageOf(error));
  });
  const { size, isFile } = await Deno.stat(file);
  if (!isFile) throw refusal(path, "expected a file, found something else");
  if (size < LENGTH_BYTES) {
    throw refusal(
      path,
      `expected at least ${LENGTH_BYTES} bytes, for the header's length, found ${size}`,
    );
  }
  const first = new DataView((await readBytes(file, 0, LENGTH_BYTES)).buffer);
  const length = first.getBigUint64(0, true);
  if (length > LONGEST_HEADER) {
    throw refusal(
      path,
      `expected a header of at most ${LONGEST_HEADER} bytes, found one of ${length}; ` +
        "it may not be a .safetensors file",
    );
  }
  const start = LENGTH_BYTES + Number(length);
  if (start > size) {
    throw refusal(
      path,
      `expected ${start} bytes or more, for a header of ${length}, found ${size}: ` +
        "the file is truncated, or is not a .safetensors file",
    );
  }
  const header = parse(await readBytes(file, LENGTH_BYTES, Number(length)), path);
  return { header, file, start, size };
}

/**
 * Reads a tensor's values, for small tensors such as scales that are needed outside a graph.
 *
 * @param options.integers Whether integers are values, too, rather than codes of some.
 * @returns The values as 32-bit floats, rounded to nearest.
 * @throws {InputError} for a tensor of another type, or a file that has become shorter.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { readTensor } from "./safetensors.ts";
 *
 * const file = await Deno.makeTempFile();
 * await Deno.writeFile(file, Uint8Array.of(0x80, 0x3f, 0x00, 0xc0));
 * const tensor = { name: "alpha", dtype: "BF16", shape: [2], file, offset: 0, length: 4 } as const;
 * assertEquals(await readTensor(tensor), Float32Array.of(1, -2));
 * await Deno.remove(file);
 * ```
 */
export async function readTensor(
  tensor: StoredTensor,
  { integers = false }: { integers?: boolean } = {},
): Promise<Float32Array> {
  const { name, dtype, file, offset, length } = tensor;
  const readers = integers ? { ...READERS, ...INTEGERS } : READERS;
  const read = readers[dtype];
  if (read === undefined) {
    const known = Object.keys(readers).join(", ");
    throw refusal(file, `expected one of ${known}, found ${dtype}`, name);
  }
  const bytes = new DataView((await readBytes(file, offset, length, name)).buffer);
  const each = DTYPES[dtype].bytes;
  return Float32Array.from({ length: length / each }, (_, i) => read(bytes, i * each));
}

/** Readers of the float dtypes. */
const READERS: Partial<Record<Dtype, (bytes: DataView, at: number) => number>> = {
  F64: (bytes, at) => bytes.getFloat64(at, true),
  F32: (bytes, at) => bytes.getFloat32(at, true),
  F16: (bytes, at) => bytes.getFloat16(at, true),
  BF16: (bytes, at) => asFloat(bytes.getUint16(at, true)),
};

/** Readers of the integers. */
const INTEGERS: typeof READERS = {
  I64: (bytes, at) => Number(bytes.getBigInt64(at, true)),
  I32: (bytes, at) => bytes.getInt32(at, true),
  I16: (bytes, at) => bytes.getInt16(at, true),
  I8: (bytes, at) => bytes.getInt8(at),
  U8: (bytes, at) => bytes.getUint8(at),
};

/** A BF16 is the upper half of an F32. */
function asFloat(upper: number): number {
  const bytes = new DataView(new ArrayBuffer(4));
  bytes.setUint16(0, upper);
  return bytes.getFloat32(0);
}

function parse(bytes: Uint8Array, path: string): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (error) {
    throw refusal(path, `expected a JSON header in UTF-8, found ${messageOf(error)}`);
  }
  if (!isRecord(header)) {
    throw refusal(path, `expected a header with tensors by name, found ${shortened(header)}`);
  }
  return header;
}

function checkedTensor(
  name: string,
  entry: unknown,
  { path, file, start }: { path: string; file: string; start: number },
): StoredTensor {
  const wrong = (expected: string, found: unknown) =>
    refusal(path, `expected ${expected}, found ${shortened(found)}`, name);
  if (name.search(CONTROL) >= 0) throw wrong("a name without control characters", name);
  if (!isRecord(entry)) throw wrong("dtype, shape and data_offsets", entry);
  const { dtype, shape, data_offsets: offsets } = entry;
  if (!isDtype(dtype)) throw wrong(`a dtype of ${Object.keys(DTYPES).join(", ")}`, dtype);
  if (!isSizes(shape)) throw wrong("a shape of non-negative integers", shape);
  const length = shape.reduce((a, b) => a * b, 1) * DTYPES[dtype].bytes;
  if (!Number.isSafeInteger(length)) throw wrong("a shape that fits in a file", shape);
  if (!isSizes(offsets) || offsets.length !== 2 || offsets[1] < offsets[0]) {
    throw wrong("data_offsets of two integers in ascending order", offsets);
  }
  const [begin, end] = offsets;
  if (end - begin !== length) {
    throw wrong(
      `${length} bytes for ${dtype} of shape ${JSON.stringify(shape)}`,
      `${end - begin}, from ${begin} to ${end}`,
    );
  }
  return { name, dtype, shape, file, offset: start + begin, length };
}

/** Checks that the tensors, in order, cover the file's bytes exactly. */
function checkLayout(
  tensors: readonly StoredTensor[],
  { path, start, size }: { path: string; start: number; size: number },
): void {
  let [at, before] = [start, "the header"];
  for (const { name, offset, length } of tensors) {
    if (offset + length > size) {
      throw refusal(
        path,
        `expected ${end(tensors)} bytes in the file, found ${size}, but the tensor spans bytes ` +
          `${offset} to ${offset + length}: the file is truncated`,
        name,
      );
    }
    if (offset !== at) {
      throw refusal(
        path,
        `expected its bytes right after ${before}, from ${at - start}, found them from ` +
          `${offset - start}: ${offset < at ? "the two overlap" : "there is a gap"}`,
        name,
      );
    }
    [at, before] = [offset + length, `those of ${name}`];
  }
  if (at !== size) {
    throw refusal(path, `expected ${at} bytes, up to the last tensor's end, found ${size}`);
  }
}

function end(tensors: readonly StoredTensor[]): number {
  return tensors.reduce((most, { offset, length }) => Math.max(most, offset + length), 0);
}

async function readBytes(file: string, from: number, length: number, tensor?: string) {
  const bytes = new Uint8Array(length);
  try {
    using opened = await Deno.open(file);
    await opened.seek(from, Deno.SeekMode.Start);
    for (let at = 0; at < length;) {
      const count = await opened.read(bytes.subarray(at));
      if (count === null) throw new Error(`expected ${length} bytes from ${from}, found ${at}`);
      at += count;
    }
  } catch (error) {
    throw refusal(file, messageOf(error), tensor);
  }
  return bytes;
}

/** What would change a terminal's state, or begin another line. */
const CONTROL = /\p{Cc}/gu;

function refusal(file: string, problem: string, tensor?: string): InputError {
  const what = tensor === undefined ? file : `tensor ${shortened(tensor)} of ${file}`;
  return new InputError(`Cannot read ${what}: ${problem}`);
}

/** Maximum characters quoted from a file in a message. */
const MAX_QUOTED = 100;

function shortened(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value) ?? "nothing";
  const quoted = text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}…` : text;
  return quoted.replaceAll(CONTROL, (found) => `\\x${found.codePointAt(0)!.toString(16)}`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isDtype(value: unknown): value is Dtype {
  return typeof value === "string" && Object.hasOwn(DTYPES, value);
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}
