import { type GateActivation, gru, lstm } from '@cantrip/ops';
import * as tf from '@tensorflow/tfjs-core';
import type { layers, LayerVariable } from '@tensorflow/tfjs-layers';
import { heldChanges } from './held-changes.ts';
import { callOwner, interposeCall } from './layers/interpose-call.ts';

/** An activation of tfjs-layers. */
interface Activation {
  getClassName(): string;
}

/** The cell of an LSTM or a GRU in tfjs-layers, with its private fields. */
interface Cell extends layers.Layer {
  readonly activation: Activation;
  readonly recurrentActivation: Activation;
  readonly kernel: LayerVariable;
  readonly recurrentKernel: LayerVariable;
  /** Null with `useBias: false`. */
  readonly bias: LayerVariable | null;
  readonly dropout: number;
  readonly recurrentDropout: number;
}

/** An LSTM or a GRU of tfjs-layers, with its private fields. */
interface RecurrentLayer extends layers.Layer {
  readonly cell: Cell;
  readonly returnSequences: boolean;
  readonly returnState: boolean;
  readonly goBackwards: boolean;
  readonly states_: tf.Tensor[] | null;
  resetStates(states?: tf.Tensor[], training?: boolean): void;
}

/**
 * Makes an LSTM or a GRU compute each step of a sequence with few ops. tfjs-layers takes some 20 for the step and 30 for its
 * gradient.
 *
 * Layers with an activation other than `tanh`, or with gates other than `sigmoid` and `hardSigmoid`, stay as they are, and so
 * does the training of layers with dropout.
 *
 * @returns a function that undoes it, or undefined for another layer; fusing twice must be undone twice
 */
export function fuseRecurrent(layer: layers.Layer): (() => void) | undefined {
  return isFusible(layer) ? fused.hold(layer) : undefined;
}

const fused = heldChanges<RecurrentLayer>((layer) =>
  interposeCall(layer, (next) => (given, kwargs) => {
    const inputs = Array.isArray(given) ? given : [given];
    const call = (kwargs ?? {}) as CallOptions;
    return inputs.length === 1 && runsFused(layer, call)
      ? tf.tidy(() => runFused(layer, inputs[0]!, call))
      : next(given, kwargs);
  }),
);

/** What a recurrent layer is called with. */
interface CallOptions {
  readonly mask?: tf.Tensor | null;
  readonly training?: boolean;
  readonly initialState?: readonly tf.Tensor[] | null;
}

function isFusible(layer: layers.Layer): layer is RecurrentLayer {
  const owner = callOwner(layer);
  const { cell } = layer as Partial<RecurrentLayer>;
  if ((owner !== 'LSTM' && owner !== 'GRU') || !cell || callOwner(cell) !== `${owner}Cell`) return false;
  // A call on the cell itself is somebody else's.
  return !Object.hasOwn(cell, 'call');
}

/** Asked at each call, because an activation or a dropout rate may be changed between two steps. */
function runsFused({ cell }: RecurrentLayer, { training, initialState }: CallOptions): boolean {
  const drops = training === true && (cell.dropout > 0 || cell.recurrentDropout > 0);
  const stock = [cell.activation, cell.recurrentActivation].every((one) => !Object.hasOwn(one, 'apply'));
  const states = callOwner(cell) === 'LSTMCell' ? 2 : 1;
  return (
    !drops &&
    stock &&
    cell.activation.getClassName() === 'tanh' &&
    gateActivation(cell) !== undefined &&
    (initialState == null || initialState.length === states)
  );
}

function gateActivation({ recurrentActivation }: Cell): GateActivation | undefined {
  const name = recurrentActivation.getClassName();
  return name === 'sigmoid' || name === 'hardSigmoid' ? name : undefined;
}

/** The call of tfjs-layers in fewer ops. */
function runFused(layer: RecurrentLayer, inputs: tf.Tensor, call: CallOptions): tf.Tensor | tf.Tensor[] {
  const { cell, goBackwards } = layer;
  const kept: readonly tf.Tensor[] | null = layer.stateful ? layer.states_ : null;
  const [initialHidden, initialCell] = (call.initialState ?? kept ?? []) as readonly tf.Tensor[];
  const shared = {
    kernel: cell.kernel.read(),
    recurrentKernel: cell.recurrentKernel.read(),
    bias: cell.bias?.read(),
    recurrentActivation: gateActivation(cell),
    mask: call.mask ?? undefined,
    goBackwards,
    initialHidden,
  };
  const { outputs, ...last } =
    callOwner(cell) === 'LSTMCell' ? lstm(inputs, { ...shared, initialCell }) : gru(inputs, shared);
  // The hidden state, then the cell of an LSTM.
  const states: tf.Tensor[] = Object.values(last);
  if (layer.stateful) layer.resetStates(states, call.training === true);
  const output = layer.returnSequences ? outputs : last.hidden;
  return layer.returnState ? [output, ...states] : output;
}
