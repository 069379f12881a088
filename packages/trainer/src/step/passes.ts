import * as tf from '@tensorflow/tfjs-core';
import { CantripError } from '@cantrip/errors';
import type { NamedTensors, NamedVariables } from '@cantrip/optimizers';
import { withHostRandom } from '@cantrip/ops';
import type { NextGradients, PassOptions } from '../contract/hooks.ts';
import type { StepContext } from '../contract/step-context.ts';
import { currentPlugin } from '../hooks/current-hook.ts';
import type { BuiltModel } from '../model/built-model.ts';
import type { HostRandom } from './random/host-streams.ts';
import type { RandomStreams } from './random/random-tensors.ts';
import { statesBefore } from './states-before.ts';

/** The loss of a step, and its figures. */
export interface Forward {
  readonly loss: tf.Scalar;
  /** The number that the loss was divided by. */
  readonly weight: tf.Scalar;
  /** Packed for the totals. */
  readonly figures: tf.Tensor;
  /** What the metrics that are totalled on the host add. */
  readonly tallies: readonly tf.Tensor[];
}

/** The sources of random numbers of a pass. */
export interface Draws {
  readonly streams: RandomStreams;
  /** The random numbers that tfjs draws on the host (`tf.randomNormal` in a transform) when the step runs op by op. */
  readonly host: HostRandom;
}

interface PassParts {
  readonly model: BuiltModel;
  /** The variables to compute gradients for. */
  readonly variables: NamedVariables;
  readonly draws: Draws;
  forward(random: StepContext['random']): Forward;
  /** Receives tensors that must survive a tape; the caller must dispose them. */
  readonly kept: tf.Tensor[];
}

/** The passes of one batch. */
export interface Passes {
  readonly next: NextGradients;
  /** The result of the first pass; undefined before it. */
  first(): Forward | undefined;
}

/** Creates the forward and backward passes of a batch, as many as plugins ask for. */
export function createPasses(parts: PassParts): Passes {
  const { model, variables, draws, forward, kept } = parts;
  let first: (Forward & { readonly begun: Draws }) | undefined;

  function next(options: PassOptions = {}): NamedTensors {
    checkOptions(options);
    if (first) return again(options, first.begun);
    const begun = { streams: draws.streams.again(), host: draws.host.again() };
    const { grads, ...result } = differentiate(variables, kept, () => forward(draws.streams.random));
    first = { ...result, begun };
    return grads;
  }

  function again({ random = 'other', statistics = 'keep' }: PassOptions, begun: Draws): NamedTensors {
    const same = random === 'same';
    const { streams, host } = same ? { streams: begun.streams.again(), host: begun.host.again() } : draws;
    const putBack = statistics === 'keep' ? movedByForward(model, variables) : undefined;
    const own: tf.Tensor[] = [];
    try {
      const pass = (): Differentiated => differentiate(variables, own, () => forward(streams.random));
      return (same ? withHostRandom(host, pass) : pass()).grads;
    } finally {
      tf.dispose(own);
      putBack?.();
    }
  }

  return { next, first: () => first };
}

interface Differentiated extends Forward {
  readonly grads: NamedTensors;
}

/** @param kept - receives the tensors that must survive the tape; the caller must dispose them */
function differentiate(variables: NamedVariables, kept: tf.Tensor[], forward: () => Forward): Differentiated {
  let result!: Forward;
  const { value, grads } = tf.variableGrads(() => {
    result = forward();
    // Otherwise the tape's scope would dispose them.
    kept.push(...[result.weight, result.figures, ...result.tallies].map((one) => tf.keep(one)));
    return result.loss;
  }, Object.values(variables));
  kept.push(tf.keep(value));
  const named = Object.entries(variables).flatMap(([name, variable]) => {
    const gradient = grads[variable.name];
    return gradient ? [[name, gradient] as const] : [];
  });
  return { ...result, loss: value, grads: Object.fromEntries(named) };
}

/**
 * Remembers what a forward pass may change: statistics, other variables that are not trained, and the states of
 * recurrent layers.
 *
 * @returns a function that restores them
 */
function movedByForward(model: BuiltModel, trained: NamedVariables): () => void {
  const before = Object.entries(model.variables)
    .filter(([name]) => !(name in trained))
    .map(([, variable]) => [variable, tf.keep(tf.clone(variable))] as const);
  const states = statesBefore(model);
  return () => {
    for (const [variable, value] of before) {
      if (variable.dataId !== value.dataId) variable.assign(value);
      value.dispose();
    }
    states.takeBack();
    states.drop();
  };
}

const choices = { random: ['other', 'same'], statistics: ['keep', 'move'] } as const;

function checkOptions(options: PassOptions): void {
  for (const [name, value] of Object.entries(options)) {
    const allowed: readonly unknown[] | undefined = choices[name as keyof PassOptions];
    if (allowed?.includes(value) || (allowed && value === undefined)) continue;
    throw new CantripError('OPTION_INVALID', {
      who: currentPlugin() ?? 'trainer',
      what: allowed
        ? `next({ ${name} }) must be ${allowed.map((one) => `'${String(one)}'`).join(' or ')}, got ${String(value)}`
        : `next has the unknown option ${name}`,
      fix: "The options are random: 'other' or 'same', and statistics: 'keep' or 'move'",
    });
  }
}
