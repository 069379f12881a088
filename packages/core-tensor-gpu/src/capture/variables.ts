import * as tf from '@tensorflow/tfjs-core';
import { CantripError } from '@cantrip/errors';
import type { NativeBackend } from '../native/upstream/upstream.ts';
import { keepUnseen } from './kept-tensors.ts';
import type { Recorder } from './recorder.ts';

/** The variables while a step is recorded: what the step assigns to them goes into the graph and is taken back. */
export interface WatchedVariables {
  /** By the number of the tensor that they held before the step. */
  readonly byId: ReadonlyMap<number, tf.Variable>;
  /** Those that hold another tensor than before. */
  assigned(): tf.Variable[];
  /** Gives every variable the value back that it had. */
  restore(): void;
}

interface Watched {
  readonly variable: tf.Variable;
  readonly copy: tf.Tensor;
}

/**
 * Watches every variable there is, and those that the step makes.
 *
 * A variable that is made while the step is recorded (an optimizer's slot) is made for real, before the first call,
 * with the value that its expression has on its own.
 */
export function watchVariables(
  backend: NativeBackend,
  evaluate: (tensor: tf.Tensor) => tf.Tensor,
): WatchedVariables & { readonly stop: () => void } {
  const engine = tf.engine();
  const watched: Watched[] = [];
  const byId = new Map<number, tf.Variable>();

  /** @param id - of the tensor that the variable holds */
  function watch(variable: tf.Variable, id: number): void {
    byId.set(id, variable);
    watched.push({ variable, copy: keepUnseen(tf.clone(variable)) });
  }

  for (const variable of Object.values(engine.registeredVariables).filter(hasValue)) {
    own(variable, backend);
    watch(variable, backend.getInputTensorIds([variable])[0]!);
  }
  const make = engine.makeVariable.bind(engine);
  engine.makeVariable = (initial, trainable, name, dtype) => {
    const cast = dtype === undefined || dtype === initial.dtype ? initial : tf.cast(initial, dtype);
    const value = evaluate(cast);
    const variable = make(value, trainable, name) as tf.Variable;
    value.dispose();
    madeInSteps.add(variable);
    watch(variable, backend.tensorMap.get(variable.dataId).id);
    return variable;
  };

  return {
    byId,
    stop: () => void Reflect.deleteProperty(engine, 'makeVariable'),
    assigned: () =>
      watched
        .filter(({ variable, copy }) => !variable.isDisposed && variable.dataId !== copy.dataId)
        .map(({ variable }) => variable),
    restore() {
      for (const { variable, copy } of watched) {
        if (!variable.isDisposed && variable.dataId !== copy.dataId) setTensor(variable, copy);
        copy.dispose();
      }
    },
  };
}

const madeInSteps = new WeakSet<tf.Variable>();

/**
 * The number of the youngest variable that plain code made. One that is younger than a recording may stand in the
 * place of one that the recording takes; a slot that a step makes for itself does not.
 */
export function youngestVariable(): number {
  let youngest = -1;
  for (const variable of Object.values(tf.engine().registeredVariables)) {
    if (variable.id > youngest && !madeInSteps.has(variable)) youngest = variable.id;
  }
  return youngest;
}

/** A variable outlives its value where the device that held it was closed. */
function hasValue({ dataId }: tf.Variable): boolean {
  const { registry, state } = tf.engine();
  const holder = state.tensorInfo.get(dataId)?.backend;
  return Object.values(registry).some((backend) => backend === holder);
}

/** A variable that shares its memory with another tensor (a clone, a second variable) gets a tensor of its own. */
export function own(variable: tf.Variable, backend: NativeBackend): void {
  if (backend.tensorMap.get(variable.dataId).refCount === 1) return;
  const [id] = backend.getInputTensorIds([variable]);
  const copy = backend.createOutputTensor(backend.binding.executeOp('Identity', [], [id!], 1)[0]!);
  setTensor(variable, copy);
  copy.dispose();
}

/** Past whoever watches assignments, as frozen layers do: the value is the one that they have seen. */
function setTensor(variable: tf.Variable, tensor: tf.Tensor): void {
  tf.Variable.prototype.assign.call(variable, tensor);
}

/** Computes a tensor of the graph for real, by executing the ops that it came from. */
export function evaluator(
  backend: NativeBackend,
  { originOf }: Pick<Recorder, 'originOf'>,
): (tensor: tf.Tensor) => tf.Tensor {
  const { binding } = backend;

  /** Gives the number of a real tensor, which is the caller's to delete. */
  function compute(id: number): number {
    const origin = originOf(id);
    if (origin === undefined) throw notConstant();
    if ('constant' in origin) return binding.createTensor(...origin.constant);
    const inputs = origin.inputIds.map(compute);
    const results = binding.executeOp(origin.op, origin.attributes, inputs, origin.outputCount);
    inputs.forEach((input) => binding.deleteTensor(input));
    const result = results[origin.index]!.id;
    for (const { id: other } of results) if (other !== result) binding.deleteTensor(other);
    return result;
  }

  return (tensor) => {
    const id = compute(backend.getInputTensorIds([tensor])[0]!);
    return backend.createOutputTensor({ id, ...binding.describe(id) });
  };
}

function notConstant(): CantripError {
  return new CantripError('CAPTURE_VARIABLE', {
    who: 'capture',
    what: 'the step makes a variable whose first value depends on the batch or on other variables',
    fix: 'Make the variable before the first step, with a constant value',
  });
}
