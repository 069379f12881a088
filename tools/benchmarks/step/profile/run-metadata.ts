import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';

/** One op that ran. */
export interface NodeTime {
  /** E.g. `stem_conv/kernel = Conv2D(inputs, weights)`. */
  readonly label: string;
  readonly milliseconds: number;
}

/** The ops in TensorFlow's `RunMetadata { step_stats = 1 { dev_stats = 1 { node_stats = 2 } } }`, serialised. */
export function nodeTimes(metadata: Uint8Array): NodeTime[] {
  return nested(metadata, 1)
    .flatMap((stepStats) => nested(stepStats, 1))
    .flatMap((device) => nested(device, 2))
    .map(nodeTime)
    .filter(({ label }) => !/^(_SOURCE|_SINK)/.test(label));
}

function nested(bytes: Uint8Array, wanted: number): Uint8Array[] {
  const reader = new BinaryReader(bytes);
  const found: Uint8Array[] = [];
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag();
    if (field === wanted && wire === WireType.LengthDelimited) found.push(reader.bytes());
    else reader.skip(wire, field);
  }
  return found;
}

/** `NodeExecStats { node_name = 1; timeline_label = 8; op_start_rel_nanos = 14; op_end_rel_nanos = 15; }` */
function nodeTime(bytes: Uint8Array): NodeTime {
  const reader = new BinaryReader(bytes);
  const fields = new Map<number, number>();
  let name = '';
  let label = '';
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag();
    if (field === 1) name = reader.string();
    else if (field === 8) label = reader.string();
    else if (wire === WireType.Varint) fields.set(field, Number(reader.int64()));
    else reader.skip(wire, field);
  }
  return { label: label || name, milliseconds: ((fields.get(15) ?? 0) - (fields.get(14) ?? 0)) / 1e6 };
}
