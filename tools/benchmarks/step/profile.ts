/**
 * What TensorFlow spends a captured step on, op by op, from its own run metadata:
 *
 *     npm run bench:profile -- resnet20 [--by-node]
 *
 * The graph of the captured step is run in a session with a full trace: what the step itself runs as a function.
 */
import { parseArgs } from 'node:util';
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import * as tf from '@tensorflow/tfjs-core';
import { sgd } from '@cantrip/optimizers';
import { createTrainer, softmaxCrossEntropy } from '@cantrip/trainer';
import { cases } from './cases.ts';
import { besideStep } from './session-of-step.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { 'by-node': { type: 'boolean', default: false } },
});
const oneCase = cases.find(({ name }) => name === (positionals[0] ?? 'resnet20'));
if (!oneCase)
  throw new Error(`There is no case ${positionals[0]}: ${cases.map(({ name }) => name).join(', ')}.`);

const { model, batch, inputShape, learningRate } = oneCase;
const trainer = createTrainer({
  model,
  optimizer: sgd({ learningRate, momentum: 0.9 }),
  loss: softmaxCrossEntropy(),
  device: 'tensorflow',
  capture: true,
});
const { device } = await trainer.open();
const traced: Uint8Array[] = [];
besideStep(device.library!, (session) => void traced.push(session.trace()));
const inputs = tf.randomNormal([batch, ...inputShape], 0, 1, 'float32', 1);
const targets = tf.randomUniform([batch], 0, 10, 'int32', 2);
const steps = 12;
await trainer.fit(
  { stepsPerEpoch: steps, batches: () => Array.from({ length: steps }, () => ({ inputs, targets })) },
  { epochs: 1 },
);
report(traced.map(nodeStats).slice(4));

interface NodeTime {
  readonly label: string;
  readonly microseconds: number;
  readonly start: number;
}

/** `RunMetadata { step_stats = 1 { dev_stats = 1 { node_stats = 2 } } }`. */
function nodeStats(bytes: Uint8Array): NodeTime[] {
  return nested(bytes, 1)
    .flatMap((stepStats) => nested(stepStats, 1))
    .flatMap((device) => nested(device, 2))
    .map(decodeNode)
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

/** `NodeExecStats { node_name = 1; timeline_label = 8; all_start_nanos = 13; op_start… = 14; op_end_rel_nanos = 15; }` */
function decodeNode(bytes: Uint8Array): NodeTime {
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
  const nanos = (fields.get(15) ?? 0) - (fields.get(14) ?? 0);
  return { label: label || name, microseconds: nanos / 1000, start: fields.get(13) ?? 0 };
}

function report(runs: readonly NodeTime[][]): void {
  const total = new Map<string, { microseconds: number; count: number }>();
  for (const node of runs.flat()) {
    const key = values['by-node']
      ? node.label.slice(0, 110)
      : (/= (\w+)\(/.exec(node.label)?.[1] ?? node.label);
    const entry = total.get(key) ?? { microseconds: 0, count: 0 };
    total.set(key, { microseconds: entry.microseconds + node.microseconds, count: entry.count + 1 });
  }
  const sum = [...total.values()].reduce((all, { microseconds }) => all + microseconds, 0);
  const rows = [...total].sort((a, b) => b[1].microseconds - a[1].microseconds).slice(0, 40);
  process.stdout.write(
    `${oneCase!.title}: ${(sum / runs.length / 1000).toFixed(2)} ms in ${runs[0]!.length} nodes a step\n`,
  );
  for (const [name, { microseconds, count }] of rows) {
    const share = ((100 * microseconds) / sum).toFixed(1).padStart(5);
    const each = (microseconds / runs.length / 1000).toFixed(3).padStart(8);
    process.stdout.write(`${share} %  ${each} ms  ${String(count / runs.length).padStart(5)}  ${name}\n`);
  }
}
