import type { RunDraw } from './case.ts';

/** The learning rate of a step, counted from 0. */
export const learningRateAt = ({ schedule, learningRate }: RunDraw, step: number): number =>
  schedule ? learningRate / (1 + step / 4) : learningRate;
