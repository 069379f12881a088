import { CantripError, parseOptions } from '@cantrip/errors';
import { type ResidualBlock as Block, residualBlocks, plainSettings } from '@cantrip/plugin-kit';
import type { LayerTensors, LayerWrap, Plugin, Run } from '@cantrip/trainer';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';
import * as v from 'valibot';
import { dropPath } from './drop-path.ts';
import { dropPathRates } from './drop-path-rates.ts';
import { decaySchema, type DropMode, modeSchema, type RateDecay, rateSchema } from './option-schemas.ts';

export interface StochasticDepthOptions {
  /** The probability of dropping the last block's branch, in [0, 1]; 0.1 by default. Or one for each block. */
  readonly rate?: number | readonly number[] | undefined;
  /** What is dropped together. `row` (the default): each example by itself. `batch`: all examples. */
  readonly mode?: DropMode | undefined;
  /** How a single rate grows with depth; `linear` by default. See {@link dropPathRates}. */
  readonly decay?: RateDecay | undefined;
  /** The names of the `add` layers of the blocks to drop; all residual blocks by default. */
  readonly blocks?: readonly string[] | undefined;
}

type ResidualBlock = Block<layers.Layer>;

const schema = v.strictObject({
  rate: v.optional(
    v.union(
      [rateSchema, v.pipe(v.array(rateSchema), v.minLength(1))],
      'must be a number in [0, 1], or one for each block',
    ),
    0.1,
  ),
  mode: modeSchema,
  decay: decaySchema,
  blocks: v.optional(v.pipe(v.array(v.string()), v.minLength(1))),
});

const who = 'stochasticDepth';

/**
 * Plugin: drops the branches of residual blocks at random in training, deeper ones more often. Evaluation and
 * prediction use all of them.
 *
 * @throws CantripError OPTION_INVALID at once; when the run begins MODEL_INVALID, or OPTION_INVALID for a block that
 *   the model does not have or a list of rates of another length
 * @example
 * ```ts
 * createTrainer({ …, plugins: [stochasticDepth({ rate: 0.2 })] });
 * ```
 */
export function stochasticDepth(options: StochasticDepthOptions = {}): Plugin {
  const { rate, mode, decay, blocks: names } = parseOptions(who, schema, options);
  return {
    name: 'stochastic-depth',
    settings: plainSettings({ rate, mode, decay, blocks: names }),
    setup(run) {
      const blocks = chosenBlocks(run, names);
      const rates = typeof rate === 'number' ? dropPathRates({ blocks: blocks.length, rate, decay }) : rate;
      requireRates(rates, blocks);
      const undos = blocks.flatMap((block, at) =>
        // At 0 nothing is dropped, to the bit.
        rates[at] === 0 ? [] : [run.wrapCall(block.add, dropping(block, rates[at]!, mode))],
      );
      return () => undos.forEach((undo) => undo());
    },
  };
}

const dropping =
  ({ name, branch }: ResidualBlock, rate: number, mode: DropMode): LayerWrap =>
  (next, inputs, { training, random }): LayerTensors => {
    if (!training) return next();
    const stream = random(`stochastic-depth/${name}`);
    return next(
      (inputs as readonly Tensor[]).map((input, at) =>
        at === branch ? dropPath(input, { rate, mode, random: stream }) : input,
      ),
    );
  };

function chosenBlocks({ model }: Run, names: readonly string[] | undefined): readonly ResidualBlock[] {
  if (!('layers' in model))
    throw modelInvalid('a LayersModel, but it is a function', 'Call dropPath in the function');
  const all = residualBlocks(model);
  if (all.length === 0)
    throw modelInvalid(
      'a model with residual blocks, but it has none: no add layer joins a branch and a shortcut',
      'Remove stochasticDepth',
    );
  const unknown = names?.find((name) => all.every((block) => block.name !== name));
  if (unknown !== undefined) {
    throw new CantripError('OPTION_INVALID', {
      who,
      what: `blocks must name add layers of residual blocks, which are ${all.map(({ name }) => name).join(', ')}, got ${unknown}`,
      fix: 'Use these names',
    });
  }
  const chosen = names ? all.filter(({ name }) => names.includes(name)) : all;
  const shared = chosen.find((block) => block.shared);
  if (!shared) return chosen;
  throw modelInvalid(
    `an add layer for each block, but ${shared.name} ends several`,
    'Create one add layer for each block',
  );
}

function requireRates(rates: readonly number[], blocks: readonly ResidualBlock[]): void {
  if (rates.length === blocks.length) return;
  throw new CantripError('OPTION_INVALID', {
    who,
    what: `rate must have one number for each of the ${blocks.length} blocks, got ${rates.length}`,
    fix: 'Pass one number, or one for each block',
  });
}

const modelInvalid = (what: string, fix: string): CantripError =>
  new CantripError('MODEL_INVALID', { who, what: `needs ${what}`, fix });
