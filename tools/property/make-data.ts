import type { Case, HeadDraw, InputDraw } from './case.ts';
import { numbersFrom } from './numbers.ts';

/** Values of all examples, row by row. */
export interface Array2 {
  readonly values: Float32Array | Int32Array;
  readonly shape: readonly number[];
}

export interface MadeData {
  readonly count: number;
  readonly inputs: readonly Array2[];
  readonly targets: readonly Array2[];
  readonly weights: Float32Array | undefined;
}

/** The examples of a case: those that it trains on, or those that it validates on. */
export function makeData({ model, data }: Case, part: 'training' | 'validation'): MadeData {
  const count = part === 'training' ? data.examples : data.validation;
  const next = numbersFrom(data.seed * 2 + (part === 'training' ? 0 : 1));
  return {
    count,
    inputs: model.inputs.map((input) => inputOf(input, count, next)),
    targets: model.heads.map((head) => targetsOf(head, count, next)),
    weights: data.weighted
      ? Float32Array.from({ length: count }, () => [0, 0.5, 1, 3][Math.floor(next() * 4)]!)
      : undefined,
  };
}

function inputOf(input: InputDraw, count: number, next: () => number): Array2 {
  const between = () => next() * 2 - 1;
  if (input.kind === 'numbers') {
    return {
      values: Float32Array.from({ length: count * input.width }, between),
      shape: [count, input.width],
    };
  }
  const shape = [count, input.length];
  if (input.kind === 'tokens') {
    const token = () => Math.floor(next() * input.vocabulary);
    return { values: Int32Array.from({ length: count * input.length }, token), shape };
  }
  const size = count * input.length * input.width;
  return { values: Float32Array.from({ length: size }, between), shape: [...shape, input.width] };
}

function targetsOf(head: HeadDraw, count: number, next: () => number): Array2 {
  const { units } = head;
  if (head.loss === 'meanSquaredError' || head.loss === 'sigmoidCrossEntropy') {
    const one = head.loss === 'meanSquaredError' ? () => next() * 2 - 1 : () => Math.floor(next() * 2);
    return { values: Float32Array.from({ length: count * units }, one), shape: [count, units] };
  }
  const label = (): number => {
    const drawn = Math.floor(next() * units);
    return head.loss === 'smoothedCrossEntropy' && next() < 0.3 ? head.ignoreIndex : drawn;
  };
  return { values: Int32Array.from({ length: count }, label), shape: [count] };
}
