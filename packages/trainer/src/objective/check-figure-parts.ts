import { CantripError, describe } from '@cantrip/errors';
import { checkParts, type PartRule } from '../checks/check-parts.ts';
import { isPlainFunction } from '../checks/plain-function.ts';
import type { Loss } from './loss.ts';
import { isTally, type Metric, type TallyMetric } from './metric.ts';

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
export function checkMetricParts(path: string, metric: Metric | TallyMetric): void {
  requireName(path, metric.name);
  check(path, metric, {
    ...(isTally(metric) ? tallyRules(path, metric) : meanRules(metric)),
    ignoreIndex: anIndex(metric.ignoreIndex),
    check: aFunction(metric.check),
    checkLoss: aFunction(metric.checkLoss),
  });
}

const meanRules = ({ compute, measure }: Metric): Readonly<Record<string, PartRule>> => ({
  compute: aFunction(compute),
  measure: aFunction(measure),
});

function tallyRules(path: string, { tally, add, figure }: TallyMetric): Readonly<Record<string, PartRule>> {
  requirePart(path, 'add', add);
  requirePart(path, 'figure', figure);
  return { tally: aFunction(tally), add: aFunction(add), figure: aFunction(figure) };
}

function requirePart(path: string, name: string, part: unknown): void {
  if (part !== undefined) return;
  throw new CantripError('OPTION_INVALID', {
    who: 'createTrainer',
    what: `${path} has tally but no ${name}, which must be a function that returns its result`,
    fix: `Add ${name} to ${path}`,
  });
}

function check(
  path: string,
  part: Loss | Metric | TallyMetric,
  rules: Readonly<Record<string, PartRule>>,
): void {
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
