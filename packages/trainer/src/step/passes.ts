import * as tf from '@tensorflow/tfjs-core';
import { CantripError } from '@cantrip/errors';
import type { NamedTensors, NamedVariables } from '@cantrip/optimizers';
import { withHostRandom } from '@cantrip/ops';
import type { NextGradients, PassOptions } from '../contract/hooks.ts';
import type { StepContext } from '../contract/step-context.ts';
import { currentHook } from '../hooks/current-hook.ts';
import type { BuiltModel } from '../model/built-model.ts';
import type { HostRandom } from './host-streams.ts';
import type { RandomStreams } from './random-tensors.ts';
import { statesBefore } from './states-before.ts';

/** What a step minimises, and what is known of it. */
export interface Forward {
  readonly loss: tf.Scalar;
  /** What the loss was divided by. */
  readonly weight: tf.Scalar;
  /** As the totals take them. */
  readonly figures: tf.Tensor;
}

/** What a pass draws from. */
export interface Draws {
  readonly streams: RandomStreams;
  /** What tfjs itself draws on the host (`tf.randomNormal` in a transform) where the step runs op by op. */
  readonly host: HostRandom;
}

interface PassParts {
  readonly model: BuiltModel;
  /** What gradients are taken of. */
  readonly variables: NamedVariables;
  readonly draws: Draws;
  forward(random: StepContext['random']): Forward;
  /** Receives what outlives a tape, for the caller to dispose of. */
  readonly kept: tf.Tensor[];
}

/** The passes of one batch. */
export interface Passes {
  readonly next: NextGradients;
  /** What the first pass gave; undefined before it. */
  first(): Forward | undefined;
}

/** Forward and backward, as often as plugins ask for it. */
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

/** @param kept - receives what outlives the tape */
function differentiate(variables: NamedVariables, kept: tf.Tensor[], forward: () => Forward): Differentiated {
  let result!: Forward;
  const { value, grads } = tf.variableGrads(() => {
    result = forward();
    // The tape's own scope would dispose of them.
    kept.push(tf.keep(result.weight), tf.keep(result.figures));
    return result.loss;
  }, Object.values(variables));
  kept.push(tf.keep(value));
  const named = Object.entries(variables).flatMap(([name, variable]) => {
    const gradient = grads[variable.name];
    return gradient ? [[name, gradient] as const] : [];
  });
  const { weight, figures } = result;
  return { loss: value, grads: Object.fromEntries(named), weight, figures };
}

/**
 * Notes what a forward pass may move: statistics, other variables that are not trained, and the states of recurrent
 * layers.
 *
 * @returns gives them back
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
      who: currentHook()?.plugin.name ?? 'trainer',
      what: allowed
        ? `next({ ${name} }) must be ${allowed.map((one) => `'${String(one)}'`).join(' or ')}, got ${String(value)}`
        : `next has no option ${name}`,
      fix: "Give random: 'other' or 'same', and statistics: 'keep' or 'move'",
    });
  }
}
