import { fingerprint, type HostBatch, type HostTensor, type HostTensors, shuffleInPlace } from '@cantrip/ops';
import { CantripError } from '@cantrip/errors';
import type { BatchRequest, BatchSource } from '../batch/batch-source.ts';
import { isHostTensor } from '@cantrip/plugin-kit';
import { exampleCount, hostTensorOf, type Side, type TensorValues } from './host-values.ts';

/** The values of one tensor, or of several by name. */
export type NamedValues = TensorValues | Readonly<Record<string, TensorValues>>;

/**
 * Examples in memory, in the form that `model.fit` of TensorFlow.js takes. The first axis of every part is the
 * examples.
 */
export interface Examples {
  readonly inputs: NamedValues;
  /** An array of integers or an int32 tensor holds class indices. */
  readonly targets: NamedValues;
  /**
   * The weights of the examples, or of each place in an example. Several outputs may have their own, by name. 1 by
   * default.
   */
  readonly weights?: NamedValues | undefined;
  /** The number of examples in a batch; 32 by default. */
  readonly batchSize?: number | undefined;
  /** Whether to shuffle in each epoch; seed and epoch decide the order. True by default for training. */
  readonly shuffle?: boolean | undefined;
}

/** Reads the tensors of examples in memory. What these hold is a part of what their source says of them. */
const readings = new WeakMap<object, () => Promise<unknown>>();

/** Lets a source of examples in memory say all of itself; nothing happens for another source. */
export async function readExamples(source: BatchSource): Promise<void> {
  await readings.get(source)?.();
}

/** Makes batches of examples in memory. Tensors are read once, before the first batch. The caller still owns them. */
export function examplesSource(who: string, given: Examples, shuffleByDefault: boolean): BatchSource {
  const { inputs, targets, weights, batchSize = 32, shuffle = shuffleByDefault } = given;
  const count = sharedCount(who, [
    ...entriesOf('inputs', inputs),
    ...entriesOf('targets', targets),
    ...(weights === undefined ? [] : entriesOf('weights', weights)),
  ]);
  let reading: Promise<Whole> | undefined;
  let contents = '';
  const readAll = async (): Promise<Whole> => {
    const whole = {
      inputs: await hostTensorsOf(who, 'inputs', inputs),
      targets: await hostTensorsOf(who, 'targets', targets),
      ...(weights !== undefined && { weights: await hostTensorsOf(who, 'weights', weights) }),
    };
    contents = `, contents ${contentsOf(whole)}`;
    return whole;
  };
  const read = (): Promise<Whole> => (reading ??= readAll());
  const source: BatchSource = {
    batchesPerEpoch: Math.ceil(count / batchSize),
    batchSize,
    examplesPerEpoch: count,
    batchesAfter: (examples) => Math.ceil((count - examples) / batchSize),
    get signature() {
      return `${shuffle ? 'shuffled' : 'in order'}${contents}`;
    },
    async *batches({ seed, epoch, start, examples }: BatchRequest): AsyncGenerator<HostBatch> {
      const whole = await read();
      const order = new Uint32Array(count).map((_, index) => index);
      if (shuffle) shuffleInPlace(order, { seed, stream: 'shuffle', step: epoch });
      for (let from = examples ?? start * batchSize; from < count; from += batchSize) {
        const rows = order.subarray(from, from + batchSize);
        const part = (host: HostTensors): HostTensors => mapHost(host, (one) => rowsOf(one, rows, shuffle));
        yield {
          inputs: part(whole.inputs),
          targets: part(whole.targets),
          ...(whole.weights && { weights: part(whole.weights) }),
          size: rows.length,
        };
      }
    },
  };
  readings.set(source, read);
  return source;
}

type Whole = Omit<HostBatch, 'size'>;

/** Of large values a sample. */
function contentsOf({ inputs, targets, weights }: Whole): string {
  const parts = (side: HostTensors): (string | HostTensor['values'])[] =>
    (isHostTensor(side) ? [['', side] as const] : Object.entries(side)).flatMap(
      ([name, { values, shape }]) => [`${name} ${values.constructor.name} ${shape.join('x')}`, values],
    );
  return fingerprint([...parts(inputs), ...parts(targets), ...(weights ? parts(weights) : [])]);
}

/** The parts of the values, with their paths in error messages. */
function entriesOf(side: string, given: NamedValues): readonly (readonly [string, TensorValues])[] {
  if (isOne(given)) return [[side, given]];
  const entries = Object.entries(given);
  // An object without entries is invalid, so it is passed on and refused as a value.
  if (entries.length === 0) return [[side, given as unknown as TensorValues]];
  return entries.map(([name, values]) => [`${side}.${name}`, values]);
}

function isOne(given: NamedValues): given is TensorValues {
  return !isNamed(given);
}

/** Whether a value is an object of several values by name. */
export function isNamed(given: unknown): given is Readonly<Record<string, unknown>> {
  if (typeof given !== 'object' || given === null || isHostTensor(given)) return false;
  const prototype: unknown = Object.getPrototypeOf(given);
  return prototype === Object.prototype || prototype === null;
}

/** Converts values to host tensors, as they are fed to the step. */
export async function hostTensorsOf(who: string, side: Side, given: NamedValues): Promise<HostTensors> {
  if (isOne(given)) return hostTensorOf(who, side, given, side);
  const entries = Object.entries(given).map(
    async ([name, values]) => [name, await hostTensorOf(who, `${side}.${name}`, values, side)] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

function sharedCount(who: string, entries: readonly (readonly [string, TensorValues])[]): number {
  const counts = entries.map(([path, values]) => [path, exampleCount(who, path, values)] as const);
  const [first, count] = counts[0]!;
  const other = counts.find(([, one]) => one !== count);
  if (other) {
    throw new CantripError('SHAPE_MISMATCH', {
      who,
      what: `${first} holds ${count} examples, but ${other[0]} holds ${other[1]}`,
      fix: 'Make the number of examples equal in every part',
    });
  }
  if (count > 0) return count;
  throw new CantripError('DATA_EMPTY', {
    who,
    what: `${first} must hold at least one example, got none`,
    fix: 'Provide at least one example',
  });
}

function mapHost(host: HostTensors, change: (one: HostTensor) => HostTensor): HostTensors {
  if (isHostTensor(host)) return change(host);
  return Object.fromEntries(Object.entries(host).map(([name, one]) => [name, change(one)]));
}

function rowsOf({ values, shape, ...rest }: HostTensor, rows: Uint32Array, shuffled: boolean): HostTensor {
  const size = shape.slice(1).reduce((product, length) => product * length, 1);
  const wanted = [rows.length, ...shape.slice(1)];
  const begin = rows[0]! * size;
  if (!shuffled)
    return { ...rest, values: values.subarray(begin, begin + rows.length * size), shape: wanted };
  const copy = values.slice(0, rows.length * size);
  rows.forEach((row, index) => copy.set(values.subarray(row * size, (row + 1) * size), index * size));
  return { ...rest, values: copy, shape: wanted };
}
