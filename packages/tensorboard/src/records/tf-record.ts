import { maskedCrc32c } from './crc32c.ts';

const headBytes = 12;
const footBytes = 4;

/** Frames bytes as one record of a TFRecord file: length, checksum of the length, bytes, checksum of the bytes. */
export function tfRecord(data: Uint8Array): Uint8Array {
  const record = new Uint8Array(headBytes + data.length + footBytes);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, maskedCrc32c(record.subarray(0, 8)), true);
  record.set(data, headBytes);
  view.setUint32(headBytes + data.length, maskedCrc32c(data), true);
  return record;
}
