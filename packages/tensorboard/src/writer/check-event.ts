import { CantripError, type Check, checkArgument, describe, isPlainObject } from '@cantrip/errors';
import type { Numbers } from '../summaries/histogram.ts';
import type { Hyperparameters } from '../summaries/hyperparameters.ts';

const tagCheck: Check<string> = (value) =>
  typeof value === 'string' && value !== '' ? undefined : 'must be a text that is not empty';

const stepCheck: Check<number> = (value) =>
  Number.isSafeInteger(value) && (value as number) >= 0 ? undefined : 'must be a whole number of at least 0';

/** @throws CantripError OPTION_INVALID */
export function checkEvent(who: string, tag: unknown, step: unknown): void {
  checkArgument(who, 'tag', tagCheck, tag);
  checkArgument(who, 'step', stepCheck, step);
}

/** @throws CantripError OPTION_INVALID */
export function checkText(who: string, text: unknown): asserts text is string {
  if (typeof text !== 'string')
    throw refused(who, `text must be a text, got ${describe(text)}`, 'Pass Markdown');
}

/** NaN and infinity are values too: TensorBoard marks them in the curve. @throws CantripError OPTION_INVALID */
export function checkNumber(who: string, value: unknown): asserts value is number {
  if (typeof value !== 'number')
    throw refused(
      who,
      `value must be a number, got ${describe(value)}`,
      'Pass a number; of a tensor, pass (await tensor.data())[0]',
    );
}

/** @throws CantripError OPTION_INVALID */
export function checkNumbers(who: string, values: unknown): asserts values is Numbers {
  const isList = Array.isArray(values) || (ArrayBuffer.isView(values) && !(values instanceof DataView));
  const isNumbers =
    isList &&
    (values as unknown as Numbers).length > 0 &&
    (Array.isArray(values)
      ? values.every((one) => typeof one === 'number')
      : typeof (values as unknown as Numbers)[0] === 'number');
  if (!isNumbers)
    throw refused(
      who,
      `values must be numbers in an array, at least one, got ${describe(values)}`,
      'Pass a Float32Array; of a tensor, pass await tensor.data()',
    );
}

/** @throws CantripError OPTION_INVALID */
export function checkSettings(who: string, settings: unknown): asserts settings is Hyperparameters {
  if (!isPlainObject(settings))
    throw refused(
      who,
      `settings must be an object of texts, numbers and booleans, got ${describe(settings)}`,
      'Pass { learningRate: 0.1 }',
    );
  const wrong = Object.entries(settings).find(
    ([, value]) => !['string', 'number', 'boolean'].includes(typeof value),
  );
  if (wrong)
    throw refused(
      who,
      `settings must be texts, numbers and booleans, got ${describe(wrong[1])} for ${wrong[0]}`,
      'Leave it out, or pass it as a text',
    );
}

const refused = (who: string, what: string, fix: string): CantripError =>
  new CantripError('OPTION_INVALID', { who, what, fix });
