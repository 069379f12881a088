// Exports the model of ones over the one of zeros that is in the folder, and ends itself at one operation of the file
// system: export-and-die.ts FOLDER ZEROS|ONES [NUMBER before|half|after]. Without a number it prints the operations.
import { promises as fs } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { exportModel } from '@cantrip/weights/files';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { layers, sequential } from '@tensorflow/tfjs-layers';

const [folder = '', value = '0', at = '-1', moment = 'before'] = process.argv.slice(2);

type Operation = (...given: unknown[]) => Promise<unknown>;

const done: string[] = [];
const die = (): void => void process.kill(process.pid, 'SIGKILL');

/** The operation, which ends the process where its number is the one that was asked for. */
function counted(name: string, operation: Operation): Operation {
  return async function (this: unknown, ...given) {
    const isLast = done.push(name) - 1 === Number(at);
    if (isLast && moment === 'before') die();
    if (isLast && moment === 'half') {
      const [bytes, from, length] = given;
      await operation.call(this, bytes, from, (length as number) >> 1);
      die();
    }
    const result = await operation.apply(this, given);
    if (isLast) die();
    if (name === 'open') watch(result as Record<string, Operation>, ['write', 'sync', 'close']);
    return result;
  };
}

function watch(holder: Record<string, Operation>, names: readonly string[]): void {
  for (const name of names) holder[name] = counted(name, holder[name]!);
}

await tf.setBackend('cpu');
const model = sequential({ layers: [layers.dense({ units: 20, inputShape: [20], name: 'dense' })] });
const values = {
  'dense/kernel': tf.fill([20, 20], Number(value)),
  'dense/bias': tf.fill([20], Number(value)),
};
watch(fs as unknown as Record<string, Operation>, ['mkdir', 'open', 'readFile', 'rename', 'rm', 'lstat']);
syncBuiltinESMExports();
await exportModel(model, folder, { values });
process.stdout.write(JSON.stringify(done));
