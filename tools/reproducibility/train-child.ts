/**
 * A process that trains each task for three epochs of six steps and prints the digest of its weights, slots, averages and
 * figures. It may stop in the middle of an epoch and write a snapshot, or continue from one.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { labelSmoothing } from '@cantrip/label-smoothing';
import { cosine, lrSchedule } from '@cantrip/lr-schedules';
import { adam } from '@cantrip/optimizers';
import { seed } from '@cantrip/seed';
import {
  accuracy,
  createTrainer,
  type Plugin,
  type SavedTensors,
  type Snapshot,
  softmaxCrossEntropy,
} from '@cantrip/trainer';
import { weightAveraging } from '@cantrip/weight-averaging';
import { type Task, tasks } from './tasks.ts';

/** How a process trains. */
export interface TrainOrder {
  readonly device: 'cpu' | 'wasm' | 'tensorflow';
  readonly capture: boolean;
  /** Stops after this step, and writes a snapshot of each task into `folder`. */
  readonly stopAfter?: number;
  /** Where snapshots are. If it holds one of a task, the task continues from it. */
  readonly folder?: string;
}

/** What the process prints of each task. */
export interface Trained {
  readonly digest: string;
  /** All weights, one after the other. */
  readonly weights: readonly number[];
}

const order = JSON.parse(process.argv[2]!) as TrainOrder;
const trained: Record<string, Trained> = {};
for (const [name, task] of Object.entries(tasks)) trained[name] = await train(name, task);
console.log(JSON.stringify(trained));

async function train(name: string, { model, data }: Task): Promise<Trained> {
  const stopping: Plugin = {
    name: 'stopping',
    onStepEnd: ({ run, step }) => {
      if (step === order.stopAfter) run.stop('the snapshot is taken here');
    },
  };
  const trainer = createTrainer({
    device: order.device,
    capture: order.capture,
    model,
    optimizer: adam({ learningRate: 0.01 }),
    loss: softmaxCrossEntropy(),
    metrics: [accuracy()],
    plugins: [
      seed({ value: 7 }),
      labelSmoothing(),
      lrSchedule(cosine({ value: 0.01, steps: '100%' })),
      weightAveraging({ decay: 0.9 }),
      stopping,
    ],
    log: () => undefined,
  });
  const file = order.folder === undefined ? undefined : join(order.folder, `${name}.snapshot`);
  if (file !== undefined && order.stopAfter === undefined && existsSync(file)) {
    await trainer.restore(deserialize(readFileSync(file)) as Snapshot);
  }
  const history = await trainer.fit(data(), { epochs: 3, validation: data() });
  const snapshot = await trainer.save();
  if (file !== undefined && order.stopAfter !== undefined) writeFileSync(file, serialize(snapshot));
  trainer.dispose();
  return {
    digest: digestOf(snapshot, [...history.earlier, ...history.epochs]),
    weights: Object.values(snapshot.variables).flatMap(({ values }) => [...values]),
  };
}

function digestOf({ variables, slots, plugins, position }: Snapshot, figures: unknown): string {
  const hash = createHash('sha256').update(JSON.stringify({ position, figures }));
  const tensors: readonly SavedTensors[] = [
    variables,
    slots,
    ...Object.values(plugins).map((plugin) => plugin.variables),
  ];
  for (const saved of tensors) {
    for (const [name, { values }] of Object.entries(saved)) {
      hash.update(name).update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    }
  }
  return hash.digest('hex');
}
