import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { StepContext } from '../contract/step-context.ts';
import { dropout } from './dropout.ts';
import { namedLayers } from './layers/parameter-names.ts';

type Mask = tf.Tensor | tf.Tensor[] | null;

/** What computes one time step of a recurrent layer, as far as its masks go. */
interface Cell {
  readonly cells?: readonly Cell[];
  /** Set in the options, or unset. */
  dropoutFunc?: ((ones: tf.Tensor, rate: number) => tf.Tensor) | null | undefined;
  /** Made in a layer's first time step, kept for the others, and by tfjs-layers freed at its next call only. */
  dropoutMask?: Mask;
  recurrentDropoutMask?: Mask;
}

/** The masks of recurrent layers (`dropout`, `recurrentDropout`), drawn from a stream by the layer's name. */
export interface RecurrentDropout {
  during<T>(random: StepContext['random'], run: () => T): T;
}

/** Finds the recurrent layers of a model, those of nested models and of wrappers included. */
export function recurrentDropout(model: LayersModel): RecurrentDropout {
  const cells = [...namedLayers(model)].flatMap(([name, layer]) =>
    cellsOf((layer as { cell?: Cell }).cell).map((cell) => ({ name, cell })),
  );
  return {
    during(random, run) {
      const undos = cells.map(({ name, cell }) => drawFrom(cell, () => random(name)));
      try {
        return run();
      } finally {
        undos.forEach((undo) => undo());
      }
    },
  };
}

function drawFrom(cell: Cell, random: () => ReturnType<StepContext['random']>): () => void {
  const { dropoutFunc } = cell;
  cell.dropoutFunc ??= (ones, rate) => dropout(ones, { rate, random: random() });
  return () => {
    cell.dropoutFunc = dropoutFunc;
    // A mask that outlives the step would be one without a value where the step is recorded.
    tf.dispose([cell.dropoutMask ?? [], cell.recurrentDropoutMask ?? []]);
    cell.dropoutMask = cell.recurrentDropoutMask = null;
  };
}

/** A stack of cells holds several. */
function cellsOf(cell: Cell | undefined): readonly Cell[] {
  return cell?.cells?.flatMap(cellsOf) ?? (cell ? [cell] : []);
}
