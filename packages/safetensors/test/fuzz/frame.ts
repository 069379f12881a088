/** A file before it is one: its header as text, and the bytes of its tensors. */
export interface Parts {
  readonly header: string;
  readonly data: Uint8Array;
}

/** The file of a header and data: the length of the header, the header, the data. */
export function frame({ header, data }: Parts): Uint8Array {
  const coded = Buffer.from(header);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(coded.length));
  return new Uint8Array(Buffer.concat([length, coded, data]));
}

/** The reverse of {@link frame}, for a file that is not broken. */
export function unframe(file: Uint8Array): Parts {
  const begin = 8 + Number(Buffer.from(file).readBigUInt64LE());
  return { header: Buffer.from(file.subarray(8, begin)).toString(), data: file.subarray(begin) };
}
