import { atLeast, atMost, CantripError, numberIn, oneOf, optional, readOptions } from '@cantrip/errors';
import { logitsOfProbabilities } from '@cantrip/ops';
import { namedOrOnly, plainSettings } from '@cantrip/plugin-kit';
import type { Plugin, Tensors } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { sameShape } from './check-logits.ts';
import { distillationLoss, lossChecks } from './distillation-loss.ts';
import { checkGives, outputsOf, type Teacher, teacherCheck, type TeacherGives } from './teacher.ts';

const name = 'distillation';

export interface DistillationOptions {
  /**
   * A trained `LayersModel`, or a function from the inputs of a batch to logits. It is not trained. It must be on the
   * trainer's device, and you dispose it.
   */
  readonly teacher: Teacher;
  /** The teacher's share of the loss, in [0, 1]; 0.5 by default. 0 changes nothing, 1 ignores the targets. */
  readonly alpha?: number | undefined;
  /** `soft` (the default): all probabilities of the teacher. `hard`: the class that the teacher ranks first. */
  readonly kind?: 'soft' | 'hard' | undefined;
  /** Divides the logits of both, above 0; 4 by default. `hard` ignores it. */
  readonly temperature?: number | undefined;
  /** `logits` (the default), or `probabilities` for a teacher that ends in softmax. */
  readonly teacherGives?: TeacherGives | undefined;
  /** The name of the output that the teacher teaches, for a model with several. */
  readonly output?: string | undefined;
  /** Tells several of these plugins apart, e.g. one for each output: any text. */
  readonly instance?: string | undefined;
}

const optionChecks = {
  ...lossChecks,
  teacher: teacherCheck,
  alpha: optional(numberIn(atLeast(0), atMost(1)), 0.5),
  teacherGives: optional(oneOf('logits', 'probabilities'), 'logits'),
  output: optional<string>((value) => (typeof value === 'string' ? undefined : 'must be a string')),
  instance: optional<string>((value) =>
    typeof value === 'string' && value !== '' ? undefined : 'must be a text that is not empty',
  ),
} as const;

/**
 * Plugin: trains a model on its targets and on the outputs of a teacher.
 *
 * `loss = (1 - alpha) * loss + alpha * distillationLoss(student, teacher)`.
 *
 * Several of these plugins need an `instance` each. The last one's `alpha` is its share of the whole loss, and each earlier
 * one shares what the later ones leave.
 *
 * The teacher sees the inputs as the earlier plugins of the list changed them, e.g. mixed by mixup. Validation has no
 * teacher: its loss is that of the targets.
 *
 * @throws CantripError OPTION_INVALID; LOSS_MISFIT if the teacher ends in softmax and `teacherGives` does not say so.
 *   While training: SHAPE_MISMATCH if teacher and student give other shapes
 * @example
 * ```ts
 * createTrainer({ …, loss: softmaxCrossEntropy(), plugins: [distillation({ teacher, alpha: 0.9, temperature: 4 })] });
 * ```
 */
export function distillation(options: DistillationOptions): Plugin {
  const { teacher, alpha, teacherGives, output, instance, ...lossOptions } = readOptions(
    name,
    optionChecks,
    options,
  );
  const who = instance === undefined ? name : `${name}:${instance}`;
  checkGives(teacher, teacherGives, output);
  const teach = (inputs: Tensors): tf.Tensor => {
    const outputs = chosen(who, outputsOf(teacher, inputs), output, 'teacher');
    return teacherGives === 'probabilities' ? logitsOfProbabilities(outputs, 'softmax') : outputs;
  };
  const told = plainSettings({ teacher, alpha, teacherGives, output, ...lossOptions });
  // An alpha of 0 must change no bit.
  if (alpha === 0) return { name, instance, settings: told };
  return {
    name,
    instance,
    settings: told,
    after: [{ provides: 'mixes-labels' }],
    setup(run) {
      if (run.model === teacher) throw ownTeacher(who);
    },
    transformBatch(batch, { carry }) {
      carry['teacher'] = teach(batch.inputs);
      return batch;
    },
    transformLoss(loss, { outputs, weights, carry }) {
      const student = chosen(who, outputs, output, 'student');
      sameShape(who, student, carry['teacher']!);
      const own = weights === undefined ? undefined : chosen(who, weights, output, 'student');
      const distilled = distillationLoss(student, carry['teacher']!, { ...lossOptions, weights: own });
      return tf.add(tf.mul(loss, 1 - alpha), tf.mul(distilled, alpha));
    },
  };
}

/** The tensor of the chosen output, or the only one. */
function chosen(
  who: string,
  tensors: Tensors,
  output: string | undefined,
  of: 'teacher' | 'student',
): tf.Tensor {
  const found = namedOrOnly(tensors, output);
  if (found) return found;
  const names = Object.keys(tensors);
  throw new CantripError('OPTION_INVALID', {
    who,
    what: `output is ${output === undefined ? 'missing' : `'${output}'`}, and the outputs of the ${of} are ${names.join(', ')}`,
    fix: `Name one of them, for example distillation({ teacher, output: '${names[0]!}' })`,
  });
}

const ownTeacher = (who: string): CantripError =>
  new CantripError('OPTION_INVALID', {
    who,
    what: 'the teacher is the model that is trained',
    fix: 'Pass another model as teacher',
  });
