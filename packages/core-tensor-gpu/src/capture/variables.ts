import * as tf from '@tensorflow/tfjs-core';
import { CantripError } from '@cantrip/errors';
import type { NativeBackend } from '../native/upstream/upstream.ts';
import { keepUnseen } from './kept-tensors.ts';
import type { Recorder } from './recorder-contract.ts';

/** The variables during a recording. Assignments of the step go into the graph and are then undone. */
export interface WatchedVariables {
  /** Variables by the number of the tensor that they held before the step. */
  readonly byId: ReadonlyMap<number, tf.Variable>;
  /** The variables that now hold another tensor. */
  assigned(): tf.Variable[];
  /** Restores the value of every variable. */
  restore(): void;
}

interface Watched {
  readonly variable: tf.Variable;
  readonly copy: tf.Tensor;
}

/**
 * Watches all existing variables, and those that the step creates. A variable that is created during recording (e.g.
 * an optimizer slot) is created for real before the first call. Its initial value is computed from its expression.
 */
export function watchVariables(
  backend: NativeBackend,
  evaluate: (tensor: tf.Tensor) => tf.Tensor,
): WatchedVariables & { readonly stop: () => void } {
  const engine = tf.engine();
  const watched: Watched[] = [];
  const byId = new Map<number, tf.Variable>();

  /** @param id - the number of the tensor that the variable holds */
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
 * The number of the newest variable created outside steps. A variable that is newer than a recording may replace one
 * that the recording uses. A slot that a step creates for itself cannot.
 */
export function youngestVariable(): number {
  let youngest = -1;
  for (const variable of Object.values(tf.engine().registeredVariables)) {
    if (variable.id > youngest && !madeInSteps.has(variable)) youngest = variable.id;
  }
  return youngest;
}

/** A variable has no value if the device that held it was closed. */
function hasValue({ dataId }: tf.Variable): boolean {
  const { registry, state } = tf.engine();
  const holder = state.tensorInfo.get(dataId)?.backend;
  return Object.values(registry).some((backend) => backend === holder);
}

/** Gives a variable a tensor of its own, if it shares memory with another tensor (a clone, a second variable). */
export function own(variable: tf.Variable, backend: NativeBackend): void {
  if (backend.tensorMap.get(variable.dataId).refCount === 1) return;
  const [id] = backend.getInputTensorIds([variable]);
  const copy = backend.createOutputTensor(backend.binding.executeOp('Identity', [], [id!], 1)[0]!);
  setTensor(variable, copy);
  copy.dispose();
}

/**
 * Sets the tensor without calling code that watches assignments, e.g. of frozen layers. That code has already seen
 * the value.
 */
function setTensor(variable: tf.Variable, tensor: tf.Tensor): void {
  tf.Variable.prototype.assign.call(variable, tensor);
}

/** Computes the value of a graph tensor by executing the ops that it came from. */
export function evaluator(
  backend: NativeBackend,
  { originOf }: Pick<Recorder, 'originOf'>,
): (tensor: tf.Tensor) => tf.Tensor {
  const { binding } = backend;

  /** Returns the number of a real tensor. The caller must delete it. */
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
    what: 'the step creates a variable whose first value depends on the batch or on other variables',
    fix: 'Create the variable before the first step, with a constant value',
  });
}
