import { tinyData, tinyTrainer, type TrickTogether, weightsOf } from '@cantrip/testing';
import { residualModel } from './residual-model.ts';

/** The weights and figures after the 20 steps that a pair trains, with this trick alone or without any. */
export async function outcomeAlone(trick?: TrickTogether): Promise<string> {
  const data = tinyData({ examples: 24, batch: 6 });
  const optimizer = trick?.optimizer?.();
  const trainer = tinyTrainer(trick ? [trick.create()] : [], {
    model: residualModel,
    ...(optimizer && { optimizer }),
  });
  try {
    await trainer.fit(data, { epochs: 5 });
    return JSON.stringify([await trainer.evaluate(data), await weightsOf(trainer)]);
  } finally {
    trainer.dispose();
  }
}
