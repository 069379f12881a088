import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { namedLayers } from '@cantrip/plugin-kit';
import type { StepContext } from '../contract/step-context.ts';
import { dropout } from './dropout.ts';

type Mask = tf.Tensor | tf.Tensor[] | null;

/** The fields of a recurrent cell that concern its dropout masks. */
interface Cell {
  readonly cells?: readonly Cell[];
  /** Set in the options, or missing. */
  dropoutFunc?: ((ones: tf.Tensor, rate: number) => tf.Tensor) | null | undefined;
  /** Created in the first time step and kept for the others. tfjs-layers frees it only at its next call. */
  dropoutMask?: Mask;
  recurrentDropoutMask?: Mask;
}

/** Draws the masks of recurrent layers (`dropout`, `recurrentDropout`) from a stream named after the layer. */
export interface RecurrentDropout {
  during<T>(random: StepContext['random'], run: () => T): T;
}

/** Finds the recurrent layers of a model, including those in nested models and wrappers. */
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
    // A mask that is kept after the step would have no value if the step is recorded.
    tf.dispose([cell.dropoutMask ?? [], cell.recurrentDropoutMask ?? []]);
    cell.dropoutMask = cell.recurrentDropoutMask = null;
  };
}

/** A stacked cell holds several cells. */
function cellsOf(cell: Cell | undefined): readonly Cell[] {
  return cell?.cells?.flatMap(cellsOf) ?? (cell ? [cell] : []);
}
