import { CantripError, parseOptions } from '@cantrip/errors';
import { type Length, wholeStep, plainSettings } from '@cantrip/plugin-kit';
import type { Plugin, Run } from '@cantrip/trainer';
import type { Variable } from '@tensorflow/tfjs-core';
import * as v from 'valibot';
import { batchNormLayers, type BatchNormLayer } from '../layers/batch-norm-layers.ts';
import { isNone, lengthSchema } from '../freeze/length-schema.ts';
import { freezeLayers } from '../freeze/freeze-batch-norm.ts';
import { groupOfParameters, groupsSchema, type LayerGroup, withSettings } from './layer-groups.ts';
import { requireRampedGroups, scalarOf } from './ramped-groups.ts';
import { createToggle, type Toggle } from '../freeze/toggle.ts';
import { type Ramp, rampFactor, stageStarts } from './unfreezing-stages.ts';

export interface GradualUnfreezingOptions {
  /** Groups of parameters, from the input to the output. Parameters outside all groups always train. */
  readonly groups: readonly LayerGroup[];
  /** The length of each stage, after which one more group trains: one length, or a list; `'1ep'` by default. */
  readonly every?: Length | readonly Length[] | undefined;
  /**
   * How long the learning rate of a group rises after it is unfrozen; 0 by default. Or a function that takes the
   * steps since then and returns a factor. For this, and for learning rate factors, the optimizer needs `groups:
   * rampedGroups(groups)`.
   */
  readonly ramp?: Ramp | undefined;
  /**
   * Whether the batch normalisations of a frozen group are frozen too, or train as in fastai; `'freeze'` by default.
   */
  readonly batchNorm?: 'freeze' | 'train' | undefined;
}

const rampFunction = v.custom<Exclude<Ramp, Length>>((value) => typeof value === 'function');
const everyMessage =
  "must be a whole number of steps, epochs such as '0.5ep', a share of the run such as '10%', or a list of these";
const rampMessage =
  "must be a whole number of steps, epochs such as '0.5ep', a share of the run such as '10%', or a function of the steps since a group was unfrozen";

const schema = v.strictObject({
  groups: groupsSchema,
  every: v.optional(v.union([lengthSchema, v.array(lengthSchema)], everyMessage), '1ep'),
  ramp: v.optional(v.union([lengthSchema, rampFunction], rampMessage), 0),
  batchNorm: v.optional(v.picklist(['freeze', 'train']), 'freeze'),
});

const who = 'gradualUnfreezing';

/**
 * Plugin: unfreezes a network gradually. It trains the last group of layers first, and one more group after each
 * stage, from the output to the input.
 *
 * With a ramp, the learning rate of a group rises after it is unfrozen. It rises linearly, by `1 / ramp` a step, or
 * by the factors that your function returns. The group's learning rate factor multiplies it. The step alone decides
 * what trains, so a restored run continues correctly. Optimizer slots stay with their parameters. The model may be a
 * function.
 *
 * @throws CantripError OPTION_INVALID at once; also when the run begins, if a group matches no parameter, or if a
 *   ramp is set without `rampedGroups` in the optimizer
 * @example
 * ```ts
 * gradualUnfreezing({ groups: ['stem/**', 'block/**', 'head/**'] }); // head; from epoch 1 block too; from 2 all
 * gradualUnfreezing({ groups, every: ['1ep', '2ep'], ramp: '0.5ep' });
 * // As Lightning's BackboneFinetuning: starts at a tenth of the rate and doubles each epoch.
 * const ramp = (step, { stepsPerEpoch }) => Math.min(1, 0.1 * 2 ** Math.floor(step / stepsPerEpoch));
 * ```
 * @see Howard and Ruder, Universal language model fine-tuning, section 3.3, https://arxiv.org/abs/1801.06146
 */
export function gradualUnfreezing(
  options: GradualUnfreezingOptions,
): Plugin<UnfreezingState, void, Unfreezing> {
  const { every, ramp, batchNorm, ...given } = parseOptions(who, schema, options);
  const groups = given.groups.map(withSettings);
  if (Array.isArray(every) && every.length !== groups.length - 1)
    throw wrongCount(every.length, groups.length - 1);
  const stages = { groups: groups.length, every };

  function freezing(run: Run, group: GroupParts, frozen: Set<Variable>): Toggle {
    return createToggle(run, () => {
      // A model that is a function has no batch normalisation layers.
      const undo =
        batchNorm === 'freeze' && typeof run.model !== 'function'
          ? freezeLayers(run.model, group.norms, whole)
          : () => undefined;
      group.variables.forEach((variable) => frozen.add(variable));
      return () => {
        group.variables.forEach((variable) => frozen.delete(variable));
        undo();
      };
    });
  }

  return {
    name: 'freeze-bn/gradual-unfreezing',
    settings: plainSettings({ every, ramp, batchNorm, ...given }),
    state: () => ({ frozen: [] }),
    setup(run) {
      if (typeof ramp === 'function' || !isNone(ramp)) requireRampedGroups(run, groups.length);
      const parts = partsOf(
        run,
        groupOfParameters(who, groups, Object.keys(run.variables), run.roles),
        groups.length,
      );
      const frozen = new Set<Variable>();
      const toggles = parts.map((group) => freezing(run, group, frozen));
      return { locals: { toggles, frozen }, undo: () => toggles.forEach((one) => one.turn(false)) };
    },
    // A run that was restored after the last step of an epoch is evaluated before its next step.
    onTrainBegin: asBefore,
    onStepBegin(context) {
      const starts = stageStarts(stages, context);
      context.state.frozen = groups.map((_, index) => context.step < wholeStep(starts[index]!));
      asBefore(context);
    },
    onEvaluateBegin: asBefore,
    scheduleScalars(scalars, context) {
      const { step } = context;
      const starts = stageStarts(stages, context);
      const isFrozen = (index: number): boolean => step < wholeStep(starts[index]!);
      const factors = groups.map(({ learningRateFactor }, index) => {
        // The batch normalisations of a frozen group may train.
        const share =
          isFrozen(index) && batchNorm === 'train' ? 1 : rampFactor(ramp, step, starts[index]!, context);
        return [scalarOf(index), learningRateFactor * share] as const;
      });
      return { ...scalars, ...Object.fromEntries(factors) };
    },
    transformVariables: (variables, { locals }) =>
      Object.fromEntries(Object.entries(variables).filter(([, variable]) => !locals.frozen.has(variable))),
  };

  function partsOf(run: Run, groupOf: ReadonlyMap<string, number>, count: number): readonly GroupParts[] {
    const norms = typeof run.model === 'function' ? [] : batchNormLayers(run.model);
    const groupOfVariable = new Map(
      Object.entries(run.variables).map(([name, variable]) => [variable, groupOf.get(name)]),
    );
    const ofNorms = new Set(norms.flatMap(({ layer }) => parametersOf(layer)));
    return Array.from({ length: count }, (_, index) => ({
      norms: norms
        .map(({ layer }) => layer)
        .filter(({ movingMean }) => groupOfVariable.get(movingMean.read() as Variable) === index),
      variables: [...groupOfVariable]
        .filter(([variable, group]) => group === index && !(batchNorm === 'train' && ofNorms.has(variable)))
        .map(([variable]) => variable),
    }));
  }
}

/** The plugin's state. */
export interface UnfreezingState extends Record<string, unknown> {
  /** Whether each group was frozen in the last step; empty before the first one. */
  frozen: readonly boolean[];
}

/** Freezes what was frozen in the last step. */
function asBefore({ state, locals }: { readonly state: UnfreezingState; readonly locals: Unfreezing }): void {
  locals.toggles.forEach((group, index) => group.turn(state.frozen[index] ?? false));
}

/** What one run keeps: what freezes each group, and the variables that are frozen now. */
export interface Unfreezing {
  readonly toggles: readonly Toggle[];
  readonly frozen: ReadonlySet<Variable>;
}

interface GroupParts {
  readonly norms: readonly BatchNormLayer[];
  readonly variables: readonly Variable[];
}

/** How the batch normalisations of a frozen group are frozen. */
const whole = { normalizeWith: 'moving', statistics: 'freeze', affine: 'freeze', reassert: true } as const;

function parametersOf({ gamma, beta }: BatchNormLayer): readonly Variable[] {
  return [gamma, beta].flatMap((parameter) => (parameter ? [parameter.read() as Variable] : []));
}

function wrongCount(given: number, wanted: number): CantripError {
  return new CantripError('OPTION_INVALID', {
    who,
    what: `every must have one length for each group except the last, that is ${wanted}, got ${given}`,
    fix: `Set every to one length, or to a list of ${wanted}`,
  });
}
