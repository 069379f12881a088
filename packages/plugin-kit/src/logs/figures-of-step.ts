import { type Check, checkArgument, isPlainObject } from '@cantrip/errors';

/** The part of the context of `onStepEnd` that is read. */
export interface EndOfStep {
  readonly learningRate: number;
  readonly scalars: Readonly<Record<string, number>>;
  loss(): Promise<number>;
}

const endCheck: Check<EndOfStep> = (value) => {
  const { learningRate, scalars, loss } = (value ?? {}) as Partial<EndOfStep>;
  return typeof learningRate === 'number' && typeof loss === 'function' && isPlainObject(scalars)
    ? undefined
    : 'must be the context of onStepEnd';
};

/**
 * The figures of a step that every log shows: `loss`, `learning_rate`, and the scheduled scalars by their names.
 *
 * The loss is asked for at once, so the step need not wait for the promise. If the loss cannot be read, it is left out.
 *
 * @param end - the context of `onStepEnd`
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * onStepEnd: (end) => void figuresOfStep(end).then((figures) => lines.push(figures)); // { loss: 0.5, learning_rate: 0.1 }
 * ```
 */
export function figuresOfStep(end: EndOfStep): Promise<Readonly<Record<string, number>>> {
  checkArgument('figuresOfStep', 'end', endCheck, end);
  const others = { learning_rate: end.learningRate, ...end.scalars };
  return end.loss().then(
    (loss) => ({ loss, ...others }),
    () => others,
  );
}
