import type { FirstDifference, Place, Values } from './trace.ts';

/** The first place where two runs part. */
export interface Parting {
  /** Counted from 0; 0 also for what differs before the first step. */
  readonly step: number;
  /** E.g. `batch inputs`, `outputs`, `gradient of conv2d/kernel`, `conv2d/kernel`, `learningRate`. */
  readonly tensor: string;
  /** The hook after which it differs. */
  readonly hook: string;
  /** The plugin whose hook that is: before this hook the value was equal. None where no plugin's hook made it. */
  readonly plugin: string | undefined;
  /** The plugin's hook that came last before it in this step, e.g. `mixup.transformBatch`. */
  readonly lastHook: string | undefined;
  /** How far the values are apart, where both are known. */
  readonly difference: Difference | undefined;
}

export interface Difference {
  /** The largest distance of two elements. */
  readonly largest: number;
  /** How many elements differ, to the bit. */
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

function measure(a: Values, b: Values): Difference {
  let [largest, count] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    if (Object.is(a[i], b[i])) continue;
    count++;
    const distance = Math.abs(a[i]! - b[i]!);
    // A NaN on one side is as far as can be.
    largest = Math.max(largest, Number.isNaN(distance) ? Infinity : distance);
  }
  return { largest, count, elements: a.length };
}

/** Where the runs part, in one sentence or two. */
export function partingMessage(parting: Parting, before: readonly Place[]): string {
  const { step, tensor, plugin, hook, lastHook, difference } = parting;
  const when = beforeSteps.has(hook) ? 'before the first step' : `at step ${step}`;
  const where = plugin === undefined ? (origins[hook] ?? '') : ` after ${plugin}.${hook}`;
  const far = difference ? ` (${inWords(difference)})` : '';
  const equal = summary(before);
  const hooks = lastHook
    ? `the plugin's hook that came last is ${lastHook}`
    : "no plugin's hook came before it in this step";
  const advice = plugin === undefined ? advices[hook] : undefined;
  return (
    `the runs part ${when} in ${tensor}${where}${far}; ` +
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
  'An op of the device gives other results, or the model draws without a seed: on a GPU try seed({ deterministic: true }).';

const advices: Readonly<Record<string, string>> = {
  setup: 'Build the model in model: () => …, and draw its weights from Math.random or run.seed.',
  transformBatch: 'Shuffle and augment by the seed that batches({ seed, epoch }) is given.',
  transformOutputs: device,
  transformLoss: device,
  transformGradients: device,
};

/** The tensors once each; gradients and weights by their number. */
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
  'transformBatch',
  'transformOutputs',
  'transformTargets',
  'transformLoss',
  'transformGradients',
]);
