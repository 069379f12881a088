import { CantripError } from '@cantrip/errors';
import { matchesName, type NamePattern, namePatternCheck } from '@cantrip/plugin-kit';
import { schemaOf } from '@cantrip/errors';
import type { Run } from '@cantrip/trainer';
import type { LayersModel, LayerVariable, layers } from '@tensorflow/tfjs-layers';
import type { Variable } from '@tensorflow/tfjs-core';
import * as v from 'valibot';
import type { UnitAxes } from './unit-axes.ts';

type Layer = layers.Layer;

/** Schema of the option `except`. */
export const exceptSchema: v.OptionalSchema<
  v.GenericSchema<readonly NamePattern[]>,
  readonly []
> = v.optional(v.array(schemaOf(namePatternCheck)), []);

/** What a plugin knows of the weights in one run. */
export interface UnitsLocals {
  /** The names of the variables that stay as they are. */
  readonly except: ReadonlySet<string>;
  readonly unitAxes: Readonly<Record<string, UnitAxes>>;
}

/** @throws CantripError OPTION_INVALID if a pattern matches no variable */
export function unitsOfRun(who: string, run: Run, patterns: readonly NamePattern[]): UnitsLocals {
  const { variables, roles = {} } = run;
  const names = Object.keys(variables);
  const matching = patterns.map((pattern) => names.filter((name) => matchesName(pattern, name, roles[name])));
  const unused = matching.findIndex((found) => found.length === 0);
  if (unused !== -1) {
    throw new CantripError('OPTION_INVALID', {
      who,
      what: `except[${unused}] ${String(patterns[unused])} matches no variable`,
      fix: `The variables are ${names.join(', ')}`,
    });
  }
  return { except: new Set(matching.flat()), unitAxes: transposedKernels(run) };
}

/** The kernels of transposed convolutions are `[…, outputs, inputs]`. */
function transposedKernels({ model, variables }: Run): Readonly<Record<string, UnitAxes>> {
  if (typeof model === 'function') return {};
  const kernels = new Set<Variable>([...layersIn(model)].filter(isTransposed).map(kernelOf));
  return Object.fromEntries(
    Object.entries(variables)
      .filter(([, variable]) => kernels.has(variable))
      .map(([name, { rank }]) => [name, [rank - 2]]),
  );
}

function* layersIn(holder: LayersModel | Layer): Generator<Layer> {
  const { layers: inner = [], layer } = holder as { layers?: readonly Layer[]; layer?: Layer };
  for (const one of layer ? [...inner, layer] : inner) {
    yield one;
    yield* layersIn(one);
  }
}

const isTransposed = (layer: Layer): boolean => /^Conv[23]DTranspose$/.test(layer.getClassName());

const kernelOf = (layer: Layer): Variable =>
  (layer as unknown as { readonly kernel: LayerVariable }).kernel.read() as Variable;
