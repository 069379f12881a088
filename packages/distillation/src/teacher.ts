import { CantripError, type Check } from '@cantrip/errors';
import { endingsOf, entryOf, type ModelWithOutputs } from '@cantrip/plugin-kit';
import * as tf from '@tensorflow/tfjs-core';

type Tensors = tf.Tensor | Readonly<Record<string, tf.Tensor>>;

/** The parts of a `LayersModel` of `@tensorflow/tfjs-layers` that a teacher needs. */
export interface TeacherModel extends ModelWithOutputs {
  readonly inputNames: readonly string[];
  apply(inputs: tf.Tensor | tf.Tensor[], options: { training: boolean }): unknown;
}

/** A function that returns the teacher's outputs for the inputs of a batch. */
export type TeacherFunction = (inputs: Tensors) => Tensors;

export type Teacher = TeacherModel | TeacherFunction;

/** What the teacher gives: `logits`, or `probabilities` if it ends in softmax. */
export type TeacherGives = 'logits' | 'probabilities';

/** Checks for a `LayersModel` or a function. */
export const teacherCheck: Check<Teacher> = (value) =>
  typeof value === 'function' || isModel(value)
    ? undefined
    : 'must be a LayersModel, or a function that returns logits';

const isModel = (value: unknown): value is TeacherModel =>
  typeof value === 'object' && value !== null && 'apply' in value && 'outputNames' in value;

/** @throws CantripError LOSS_MISFIT if a model's last activation shows that `gives` is wrong */
export function checkGives(teacher: Teacher, gives: TeacherGives, output: string | undefined): void {
  if (typeof teacher === 'function') return;
  const endings = Object.entries(endingsOf(teacher));
  const wrong = entryOf(endings, output) ?? entryOf(endings, undefined);
  if (!wrong || (wrong.activation === 'softmax') === (gives === 'probabilities')) return;
  throw new CantripError('LOSS_MISFIT', {
    who: 'distillation',
    what: `the teacher's layer '${wrong.layer}' ends in ${wrong.activation}, so it does not give ${gives}`,
    fix: `Set teacherGives: '${gives === 'logits' ? 'probabilities' : 'logits'}'`,
  });
}

/** The teacher's outputs, computed as for predictions: without dropout, and with the saved statistics. */
export function outputsOf(teacher: Teacher, inputs: Tensors): Tensors {
  if (typeof teacher === 'function') return teacher(inputs);
  const given = inputs instanceof tf.Tensor ? inputs : teacher.inputNames.map((name) => named(inputs, name));
  const outputs = teacher.apply(given, { training: false }) as tf.Tensor | tf.Tensor[];
  if (!Array.isArray(outputs)) return outputs;
  return Object.fromEntries(teacher.outputNames.map((name, at) => [name, outputs[at]!]));
}

function named(inputs: Readonly<Record<string, tf.Tensor>>, name: string): tf.Tensor {
  const found = inputs[name];
  if (found) return found;
  throw new CantripError('SHAPE_MISMATCH', {
    who: 'distillation',
    what: `the teacher needs the input '${name}', and the batch holds ${Object.keys(inputs).join(', ')}`,
    fix: 'Pass a function as teacher, which chooses its inputs from those of the batch',
  });
}
