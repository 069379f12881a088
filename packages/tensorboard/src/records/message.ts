import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/** The content of a protobuf message: writes fields. */
export type Message = (fields: Fields) => void;

/** Writes fields of a message by their number in the .proto file. */
export interface Fields {
  double(field: number, value: number): void;
  float(field: number, value: number): void;
  /** int32, int64 or an enum. */
  integer(field: number, value: number): void;
  boolean(field: number, value: boolean): void;
  text(field: number, value: string): void;
  bytes(field: number, value: Uint8Array): void;
  message(field: number, content: Message): void;
  /** A packed repeated double. */
  doubles(field: number, values: Iterable<number>): void;
}

/** The bytes of a message. */
export function encode(content: Message): Uint8Array {
  const writer = new BinaryWriter();
  content(fieldsOf(writer));
  return writer.finish();
}

function fieldsOf(writer: BinaryWriter): Fields {
  const fields: Fields = {
    double: (field, value) => void writer.tag(field, WireType.Bit64).double(value),
    float: (field, value) => void writer.tag(field, WireType.Bit32).float(Math.fround(value)),
    integer: (field, value) => void writer.tag(field, WireType.Varint).int64(value),
    boolean: (field, value) => void writer.tag(field, WireType.Varint).bool(value),
    text: (field, value) => void writer.tag(field, WireType.LengthDelimited).string(value),
    bytes: (field, value) => void writer.tag(field, WireType.LengthDelimited).bytes(value),
    message(field, content) {
      writer.tag(field, WireType.LengthDelimited).fork();
      content(fields);
      writer.join();
    },
    doubles(field, values) {
      writer.tag(field, WireType.LengthDelimited).fork();
      for (const value of values) writer.double(value);
      writer.join();
    },
  };
  return fields;
}
