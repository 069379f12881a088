import type { FirstDifference, Place, NumberArray } from './trace.ts';

/** The first place where two runs differ. */
export interface Parting {
  /** Counted from 0; also 0 for a difference before the first step. */
  readonly step: number;
  /** E.g. `batch inputs`, `outputs`, `gradient of conv2d/kernel`, `conv2d/kernel`, `learningRate`. */
  readonly tensor: string;
  /** The hook after which the value differs. */
  readonly hook: string;
  /**
   * The plugin of that hook: before this hook, the value was equal. Undefined if no plugin's hook caused the
   * difference.
   */
  readonly plugin: string | undefined;
  /** The last plugin hook before the difference in this step, e.g. `mixup.transformBatch`. */
  readonly lastHook: string | undefined;
  /** The size of the difference, if both values are known. */
  readonly difference: Difference | undefined;
}

export interface Difference {
  /** The largest difference of two elements. */
  readonly largest: number;
  /** The number of elements with different bits. */
  readonly count: number;
  readonly elements: number;
}

export function partingOf({ place, before, values }: FirstDifference): Parting {
  const last = [...before, place]
    .filter(({ hook }) => beforeSteps.has(hook) === beforeSteps.has(place.hook))
    .findLast(({ plugin }) => plugin !== undefined);
  return {
    ...place,
    lastHook: last && `${last.plugin}.${last.hook}`,
    difference: values && measure(...values),
  };
}

function measure(a: NumberArray, b: NumberArray): Difference {
  let [largest, count] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    if (Object.is(a[i], b[i])) continue;
    count++;
    const distance = Math.abs(a[i]! - b[i]!);
    // A NaN on one side counts as an infinite difference.
    largest = Math.max(largest, Number.isNaN(distance) ? Infinity : distance);
  }
  return { largest, count, elements: a.length };
}

/** Describes where the runs differ, in one or two sentences. */
export function partingMessage(parting: Parting, before: readonly Place[]): string {
  const { step, tensor, plugin, hook, lastHook, difference } = parting;
  const when = beforeSteps.has(hook) ? 'before the first step' : `at step ${step}`;
  const where = plugin === undefined ? (origins[hook] ?? '') : ` after ${plugin}.${hook}`;
  const far = difference ? ` (${inWords(difference)})` : '';
  const equal = summary(before);
  const hooks = lastHook
    ? `the last plugin hook before it is ${lastHook}`
    : 'no plugin hook ran before it in this step';
  const advice = plugin === undefined ? advices[hook] : undefined;
  return (
    `the runs differ ${when} in ${tensor}${where}${far}; ` +
    `${equal ? `equal before it: ${equal}; ` : ''}${hooks}.${advice ? ` ${advice}` : ''}`
  );
}

function inWords({ count, elements, largest }: Difference): string {
  const distance = `by ${largest.toPrecision(2)}`;
  return elements === 1 ? distance : `${count} of ${elements} elements differ, ${distance} at most`;
}

const beforeSteps = new Set(['setup', 'onTrainBegin']);

const origins: Readonly<Record<string, string>> = {
  setup: ' of the model as it was built',
  transformBatch: ' as the data gave them',
  transformOutputs: ' of the model',
  transformLoss: ' before any transformLoss',
  transformGradients: ' by backpropagation',
  onStepEnd: ' after the update',
};

const device =
  'An op of the device gives different results, or the model draws random numbers without a seed. On a GPU, try seed({ deterministic: true }).';

const advices: Readonly<Record<string, string>> = {
  setup: 'Build the model inside model: () => …, and draw its weights from Math.random or run.seed.',
  transformBatch: 'Shuffle and augment with the seed that batches({ seed, epoch }) receives.',
  transformOutputs: device,
  transformLoss: device,
  transformGradients: device,
};

/** Lists each tensor once; only counts gradients and weights. */
function summary(before: readonly Place[]): string {
  const names = new Set(before.filter(({ hook }) => inStep.has(hook)).map(({ tensor }) => tensor));
  const gradients = [...names].filter((name) => name.startsWith('gradient of '));
  const others = [...names].filter((name) => !name.startsWith('gradient of '));
  const counted = gradients.length === 1 ? gradients[0]! : `${gradients.length} gradients`;
  return [...others, ...(gradients.length > 0 ? [counted] : [])].join(', ');
}

const inStep = new Set([
  'scheduleLearningRate',
  'scheduleScalars',
  'scheduleBatchScalars',
  'transformBatch',
  'transformOutputs',
  'transformTargets',
  'transformLoss',
  'transformGradients',
]);
