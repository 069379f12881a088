import { type Check, isPlainObject, isTensor, tensorCheck } from '@cantrip/errors';

const isNumbers = (value: unknown): boolean =>
  (Array.isArray(value) && value.every((one) => typeof one === 'number')) ||
  (ArrayBuffer.isView(value) &&
    !(value instanceof DataView || value instanceof BigInt64Array || value instanceof BigUint64Array));

/** Numbers on the host. */
export const numbersCheck: Check<ArrayLike<number>> = (value) =>
  isNumbers(value) ? undefined : 'must be an array of numbers';

/** Numbers on the host, or a tensor of them. */
export const valuesCheck: Check<unknown> = (value) => {
  if (isNumbers(value)) return undefined;
  const isOfText = isTensor(value) && value.dtype === 'string';
  return isTensor(value) && !isOfText ? tensorCheck(value) : 'must be a tensor or an array of numbers';
};

const isNested = (value: unknown): boolean =>
  typeof value === 'number' || (Array.isArray(value) && value.every(isNested));

/** Numbers, or lists of numbers of any depth. */
export const nestedCheck: Check<unknown> = (value) =>
  isNested(value) ? undefined : 'must be a number, or arrays of numbers';

const isSaved = (value: unknown): boolean =>
  isPlainObject(value) && Object.values(value).every((one) => isPlainObject(one) && isNumbers(one['values']));

/** The tensors of a snapshot by name. */
export const savedTensorsCheck: Check<unknown> = (value) =>
  isSaved(value) ? undefined : 'must be the tensors of a snapshot: { name: { values, shape } }';

/** What `trainer.save()` gives. */
export const snapshotCheck: Check<unknown> = (value) =>
  isPlainObject(value) &&
  isSaved(value['variables']) &&
  isSaved(value['slots']) &&
  isPlainObject(value['plugins'])
    ? undefined
    : 'must be a snapshot that trainer.save() returned';

/** A trainer, as far as tests use it. */
export const trainerCheck: Check<unknown> = (value) =>
  isPlainObject(value) && typeof value['save'] === 'function' && typeof value['fit'] === 'function'
    ? undefined
    : 'must be a trainer that createTrainer made';

/** Names of devices; which exist, the device itself says. */
export const namesCheck: Check<readonly string[]> = (value) =>
  Array.isArray(value) && value.every((one) => typeof one === 'string')
    ? undefined
    : "must be an array of names, such as ['cpu']";
