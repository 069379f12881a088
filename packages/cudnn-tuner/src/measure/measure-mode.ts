import { forgetLast, lastChoice, type StoredChoice } from '@cantrip/core-tensor-gpu/tuning';
import type { Plugin, Run, Tuning } from '@cantrip/trainer';
import { inWords } from './alternative.ts';
import { findFastest } from './find-fastest.ts';
import { type MeasuringPlace, measuringPlace } from './measuring-place.ts';
import { identityOf } from './model-identity.ts';
import { carryOut, givenOrder } from './rehearse.ts';

/** The hooks of mode `measure`. */
export interface MeasureMode extends Required<Pick<Plugin, 'tune'>> {
  /** The choice of `tune`, until the first step is done. */
  choice(): Tuning | undefined;
  /** At the first step, logs a message if the model or batch is not the measured one. */
  checkStep(run: Run, signature: string): void;
}

/** @param budget - the largest time, in seconds */
export function measureMode(budget: number): MeasureMode {
  let place: MeasuringPlace | undefined;
  let chosen: StoredChoice | undefined;
  return {
    async tune(context): Promise<Tuning> {
      const order = givenOrder();
      if (order) return carryOut(order);
      const found = await measuringPlace(context);
      if (typeof found === 'string') {
        context.log(`[cudnn-tuner] measures nothing, because ${found}.`);
        return {};
      }
      place = found;
      const last = lastChoice(place.program, place.place);
      if (last && 'choice' in last) {
        chosen = last.choice;
        context.log(`[cudnn-tuner] uses ${inWords(chosen)}, as measured on ${chosen.measured.slice(0, 10)}.`);
      } else {
        if (last) context.log(`[cudnn-tuner] ignores ${last.path}: ${last.problem}.`);
        chosen = await findFastest(place, context, budget);
      }
      return chosen ? { environment: chosen.environment, compile: chosen.compile } : {};
    },
    choice: () => chosen,
    checkStep(run, signature) {
      if (place === undefined || chosen === undefined) return;
      if (chosen.batch !== signature || chosen.model !== identityOf(run)) {
        forgetLast(place.program, place.place);
        run.log(
          '[cudnn-tuner] the model or the batch has changed since the measurement. The next start measures again.',
        );
      }
      chosen = undefined;
    },
  };
}
