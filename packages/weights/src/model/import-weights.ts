import { CantripError, type Check, checkArgument } from '@cantrip/errors';
import { matchesName, type NamePattern } from '@cantrip/plugin-kit';
import type { SafeTensor } from '@cantrip/safetensors';
import * as tf from '@tensorflow/tfjs-core';
import { codes } from '../error-codes.ts';
import { fromStored, layoutSteps } from '../layout/weight-layout.ts';
import { decodeTensor, readableAs, type TensorValues } from '../tensors/decode-tensor.ts';
import { type Target, targetsOf, type WeightTarget } from './targets-of.ts';
import { type ImportWeightsOptions, readImportOptions, type WeightDifference } from './weight-options.ts';

/** What an import did, by name. */
export interface ImportedWeights {
  /** Names in the model that were read. */
  readonly loaded: readonly string[];
  /** Names in the model that the file lacks. They keep their values. */
  readonly missing: readonly string[];
  /** Names in the file that the model lacks. */
  readonly extra: readonly string[];
  /** Names in the model whose shape or type in the file is another. They keep their values. */
  readonly misshapen: readonly string[];
}

const tensorsCheck: Check<ReadonlyMap<string, SafeTensor>> = (value) =>
  value instanceof Map ? undefined : 'must be a Map of tensors by name, as readSafetensors returns';

/**
 * Gives a model the weights of a file, such as those of a network that PyTorch trained.
 *
 * Everything is checked before the first variable is assigned. One error lists each name that is missing, extra or of
 * another shape. The moving statistics of batch normalisation count as weights.
 *
 * @param model - a LayersModel, or variables by name such as `run.variables`
 * @param tensors - by name in the file
 * @returns the names that were loaded, and those that were left out
 * @throws CantripError WEIGHTS_MISMATCH; WEIGHTS_LAYOUT for a layer without a rule; MODEL_INVALID; OPTION_INVALID
 * @example
 * ```ts
 * const { tensors } = readSafetensors(await readFile('resnet.safetensors'));
 * const names = torchNames({ stem: 'conv1', stem_bn: 'bn1', head: 'fc' });
 * importWeights(model, tensors, { names, layout: 'pytorch' });
 * ```
 */
export function importWeights(
  model: WeightTarget,
  tensors: ReadonlyMap<string, SafeTensor>,
  options: ImportWeightsOptions = {},
): ImportedWeights {
  const { allowed, ignore, ...rest } = readImportOptions('importWeights', options);
  checkArgument('importWeights', 'tensors', tensorsCheck, tensors);
  const targets = targetsOf('importWeights', model, rest);
  const found = compare(targets, tensors, ignore);
  refuseDifferences(found, allowed);
  tf.tidy(() => {
    // All are on the device before the first is assigned.
    const values = found.fitting.map(({ target: { variable, type }, values }) =>
      tf.tensor(values, variable.shape, type),
    );
    for (const [at, { target }] of found.fitting.entries()) target.variable.assign(values[at]!);
  });
  return {
    loaded: found.fitting.map(({ target }) => target.name),
    missing: found.missing.map(({ name }) => name),
    extra: found.extra,
    misshapen: found.misshapen.map(({ target }) => target.name),
  };
}

interface Fitting {
  readonly target: Target;
  readonly values: TensorValues;
}

interface Misshapen {
  readonly target: Target;
  readonly why: string;
}

interface Found {
  readonly fitting: readonly Fitting[];
  readonly missing: readonly Target[];
  readonly extra: readonly string[];
  readonly misshapen: readonly Misshapen[];
  readonly doubled: readonly string[];
}

function compare(
  targets: readonly Target[],
  tensors: ReadonlyMap<string, SafeTensor>,
  ignore: readonly NamePattern[],
): Found {
  const wanted = new Set<string>();
  const [fitting, missing, misshapen, doubled]: [Fitting[], Target[], Misshapen[], string[]] = [
    [],
    [],
    [],
    [],
  ];
  for (const target of targets) {
    const { stored } = target;
    const tensor = stored === undefined ? undefined : tensors.get(stored);
    if (stored !== undefined && wanted.has(stored)) doubled.push(stored);
    if (stored !== undefined) wanted.add(stored);
    if (!tensor) missing.push(target);
    else {
      const fit = fitOf(target, tensor);
      if (typeof fit === 'string') misshapen.push({ target, why: fit });
      else fitting.push({ target, values: fit });
    }
  }
  const extra = [...tensors.keys()].filter(
    (name) => !wanted.has(name) && !ignore.some((pattern) => matchesName(pattern, name)),
  );
  return { fitting, missing, extra, misshapen, doubled };
}

/** The values in TensorFlow.js's layout, or why there are none. */
function fitOf({ name, stored, variable, type, layout }: Target, tensor: SafeTensor): TensorValues | string {
  const steps = layoutSteps(layout, variable.shape);
  const there = `${stored === name ? '' : `${stored} `}[${tensor.shape.join(', ')}]`;
  if (!steps) return `${name} [${variable.shape.join(', ')}] cannot have that layout`;
  if (!tf.util.arraysEqual([...steps.stored], [...tensor.shape]))
    return `${name} wants [${steps.stored.join(', ')}], the file has ${there}`;
  const values = decodeTensor(tensor, type);
  if (!values) return `${name} wants ${readableAs(type)}, the file has ${tensor.dtype}`;
  if (values.length !== variable.size)
    return `${name} wants ${variable.size} numbers, the file has ${values.length}`;
  return fromStored(values, steps);
}

function refuseDifferences(found: Found, allowed: ReadonlySet<WeightDifference>): void {
  const { fitting, missing, extra, misshapen, doubled } = found;
  const complaints = [
    complaint('wants more than once', doubled),
    // A name that the caller left out is not missed.
    allowed.has('missing')
      ? ''
      : complaint(
          'misses',
          missing.flatMap(({ name, stored }) => (stored === undefined ? [] : [asStored(name, stored)])),
        ),
    allowed.has('extra') ? '' : complaint('has no place for', extra),
    allowed.has('misshapen')
      ? ''
      : complaint(
          'has another shape or type than the file:',
          misshapen.map(({ why }) => why),
        ),
    fitting.length > 0 ? '' : 'finds no weight that it could use',
  ].filter((one) => one !== '');
  if (complaints.length === 0) return;
  throw new CantripError(codes.WEIGHTS_MISMATCH, {
    who: 'importWeights',
    what: complaints.join('; '),
    fix: 'Map the names with names, choose the layout, or allow differences with partial',
  });
}

const asStored = (name: string, stored: string): string => (name === stored ? name : `${name} (${stored})`);

/** Names that an error lists of one kind. */
const most = 20;

function complaint(verb: string, names: readonly string[]): string {
  if (names.length === 0) return '';
  const more = names.length > most ? ` and ${names.length - most} more` : '';
  return `${verb} ${names.slice(0, most).join(', ')}${more}`;
}
