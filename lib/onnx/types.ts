/** The elements of a graph. */

/** Element types of ONNX tensors, by their names in safetensors' headers. */
export const DTYPES = {
  F64: { code: 11, bytes: 8 },
  F32: { code: 1, bytes: 4 },
  F16: { code: 10, bytes: 2 },
  BF16: { code: 16, bytes: 2 },
  I64: { code: 7, bytes: 8 },
  I32: { code: 6, bytes: 4 },
  I16: { code: 5, bytes: 2 },
  I8: { code: 3, bytes: 1 },
  U8: { code: 2, bytes: 1 },
  BOOL: { code: 9, bytes: 1 },
} as const;

export type Dtype = keyof typeof DTYPES;

/** The location of a tensor in a file. */
export interface StoredTensor {
  name: string;
  dtype: Dtype;
  shape: readonly number[];
  /** Absolute path, with links resolved. */
  file: string;
  /** Offset of its first byte from the file's start. */
  offset: number;
  /** Size in bytes. */
  length: number;
}

/** A value in a graph: an input, a stored tensor, or a node's output. */
export interface Value {
  readonly id: string;
}

/** A fixed size, or the name of a dynamic one. */
export type Dim = number | string;

/** An attribute of a node; a number is an integer unless wrapped by `float`. */
export type Attribute = number | string | readonly number[] | { float: number };

/** A finished graph. */
export interface Graph {
  /** The ONNX model. */
  bytes: Uint8Array;
  /** The folder that external tensors' paths are relative to; null without such tensors. */
  folder: string | null;
  /** For messages. */
  name: string;
}
