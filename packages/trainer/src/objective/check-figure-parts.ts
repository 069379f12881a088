import { CantripError, describe } from '@cantrip/errors';
import { checkParts, type PartRule } from '../checks/check-parts.ts';
import { isPlainFunction } from '../checks/plain-function.ts';
import type { Loss } from './loss.ts';
import type { Metric } from './metric.ts';

const aFunction = (value: unknown): PartRule => [
  isPlainFunction(value),
  'a function that returns its result',
];
const aFlag = (value: unknown): PartRule => [typeof value === 'boolean', 'true or false'];
const oneOf = (value: unknown, ...choices: readonly string[]): PartRule => [
  choices.includes(value as string),
  choices.map((choice) => `'${choice}'`).join(' or '),
];
const anIndex = (value: unknown): PartRule => [Number.isSafeInteger(value), 'an integer'];

/**
 * Checks the fields of a loss. Other fields are allowed.
 *
 * @throws CantripError OPTION_INVALID
 */
export function checkLossParts(path: string, loss: Loss): void {
  requireName(path, loss.name);
  check(path, loss, {
    compute: aFunction(loss.compute),
    measure: aFunction(loss.measure),
    counts: oneOf(loss.counts, 'labels', 'nothing'),
    takesWeights: aFlag(loss.takesWeights),
    ignoreIndex: anIndex(loss.ignoreIndex),
    applies: oneOf(loss.applies, 'softmax', 'sigmoid'),
    answers: oneOf(loss.answers, 'softmax', 'sigmoid'),
    isRegression: aFlag(loss.isRegression),
    check: aFunction(loss.check),
    classes: aFunction(loss.classes),
  });
}

/**
 * Checks the fields of a metric. Other fields are allowed.
 *
 * @throws CantripError OPTION_INVALID
 */
export function checkMetricParts(path: string, metric: Metric): void {
  requireName(path, metric.name);
  check(path, metric, {
    compute: aFunction(metric.compute),
    measure: aFunction(metric.measure),
    ignoreIndex: anIndex(metric.ignoreIndex),
    check: aFunction(metric.check),
    checkLoss: aFunction(metric.checkLoss),
  });
}

function check(path: string, part: Loss | Metric, rules: Readonly<Record<string, PartRule>>): void {
  const parts = part as unknown as Readonly<Record<string, unknown>>;
  checkParts({ who: 'createTrainer', path, code: 'OPTION_INVALID' }, parts, rules);
}

/** Checks the name, which logs and errors use. */
function requireName(path: string, name: unknown): void {
  if (typeof name === 'string' && name !== '') return;
  throw new CantripError('OPTION_INVALID', {
    who: 'createTrainer',
    what: `${path}.name must be a string, got ${describe(name)}`,
    fix: `Set ${path}.name to a string`,
  });
}
