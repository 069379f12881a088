import { forgetLast, lastChoice, type StoredChoice } from '@cantrip/core-tensor-gpu/tuning';
import type { Plugin, Run, Tuning } from '@cantrip/trainer';
import { inWords } from './alternative.ts';
import { findFastest } from './find-fastest.ts';
import { type MeasuringPlace, measuringPlace } from './measuring-place.ts';
import { identityOf } from './model-identity.ts';
import { carryOut, givenOrder } from './rehearse.ts';

/** The hooks of mode `measure`. */
export interface MeasureMode extends Required<Pick<Plugin, 'tune'>> {
  /** What `tune` has chosen, until the first step is done. */
  choice(): Tuning | undefined;
  /** Says, at the first step, where what is trained is not what was measured. */
  checkStep(run: Run, signature: string): void;
}

/** @param budget - seconds */
export function measureMode(budget: number): MeasureMode {
  let place: MeasuringPlace | undefined;
  let chosen: StoredChoice | undefined;
  return {
    async tune(context): Promise<Tuning> {
      const order = givenOrder();
      if (order) return carryOut(order);
      const found = await measuringPlace(context);
      if (typeof found === 'string') {
        context.log(`[cudnn-tuner] measures nothing: ${found}.`);
        return {};
      }
      place = found;
      const last = lastChoice(place.program, place.place);
      if (last && 'choice' in last) {
        chosen = last.choice;
        context.log(`[cudnn-tuner] ${inWords(chosen)}, as measured on ${chosen.measured.slice(0, 10)}.`);
      } else {
        if (last) context.log(`[cudnn-tuner] ${last.path} is ignored: ${last.problem}.`);
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
          '[cudnn-tuner] the model or batch is not the one that was measured: the next start measures anew.',
        );
      }
      chosen = undefined;
    },
  };
}
