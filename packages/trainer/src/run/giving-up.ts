import type { Variable } from '@tensorflow/tfjs-core';
import { runUndo, type Undo } from './undo.ts';

/** Undoes the opening of a run, if opening failed or nothing has used the run yet. */
export interface GivingUp {
  /** Marks variables of a model that the trainer created, so that they are disposed too. */
  owns(variables: readonly Variable[]): void;
  /** Undoes everything. It throws nothing, because a second error would hide the first. */
  giveUp(): void;
}

export function createGivingUp(undo: Undo[], log: (message: string) => void): GivingUp {
  const made = new Set<Variable>();
  return {
    owns: (variables) => variables.forEach((variable) => made.add(variable)),
    giveUp() {
      try {
        runUndo(undo);
      } catch (error) {
        log(error instanceof Error ? error.message : String(error));
      }
      for (const variable of made) if (!variable.isDisposed) variable.dispose();
      made.clear();
    },
  };
}
