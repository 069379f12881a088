import type { Variable } from '@tensorflow/tfjs-core';
import type { BuiltModel } from '../model/built-model.ts';
import { runUndo, type Undo } from './undo.ts';

/** How a run that could not be opened, or that nobody has seen, is taken back. */
export interface GivingUp {
  /** Disposes also of a model that the trainer had made, except for variables from before. */
  ownsModel(model: BuiltModel, before: ReadonlySet<Variable>): void;
  /** Throws nothing: the error that led here must not be hidden by another. */
  giveUp(): void;
}

export function createGivingUp(undo: Undo[], log: (message: string) => void): GivingUp {
  let made: readonly Variable[] = [];
  return {
    ownsModel({ variables }, before) {
      made = Object.values(variables).filter((variable) => !before.has(variable));
    },
    giveUp() {
      try {
        runUndo(undo);
      } catch (error) {
        log(error instanceof Error ? error.message : String(error));
      }
      for (const variable of made) variable.dispose();
      made = [];
    },
  };
}
