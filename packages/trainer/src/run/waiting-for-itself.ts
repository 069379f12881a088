import { CantripError } from '@cantrip/errors';
import type { Caller } from '../lock/lock.ts';
import { refusingPromise } from '../lock/refusing-promise.ts';
import type { RunLife } from './run-life.ts';

/**
 * Runs a request to the trainer. Code that this request waits for, such as a hook of the same `fit`, must not wait
 * for the request; it gets an error.
 *
 * @throws CantripError TRAINER_BUSY to such code
 */
export function neverForItself<T>(life: RunLife, what: string, work: () => Promise<T>): Promise<T> {
  const outside = life.lock.callers();
  return refusingPromise(work(), () => {
    const within = life.lock.callers().find((caller) => !outside.includes(caller));
    return within && refusalOf(life, what, within);
  });
}

function refusalOf(life: RunLife, what: string, caller: Caller): CantripError | undefined {
  const { plugin, hook, during, beside } = caller;
  // It is given its turn between two steps, except by what waits for the data.
  if (beside && what !== during) return undefined;
  // Code that is not a hook runs while the lock is held, for which the work waits or which it holds itself.
  if (hook === undefined) {
    const whose = during === 'open' ? 'the model function or a plugin' : `the data that ${during} reads`;
    const end = during === 'open' ? 'the trainer is open' : `${beside ? 'the data' : during} has ended`;
    return busy(
      'trainer',
      `${whose} waits for ${what}, which cannot end before ${end}`,
      'Do not await it there',
    );
  }
  const who = plugin?.name ?? 'trainer';
  if (what === 'fit') {
    const fix = 'Do not await it in a hook; run.stop() ends fit after the current step';
    return busy(who, `${hook} awaits fit, but fit waits for this hook`, fix);
  }
  const untold = life.current()?.telling?.unseen.size ?? 0;
  if (what !== 'save' || untold === 0) return undefined;
  const fix = `Call save in ${hook} itself`;
  return busy(
    who,
    `${hook} awaits a save, but this save waits until the hooks of all plugins have ended`,
    fix,
  );
}

function busy(who: string, what: string, fix: string): CantripError {
  return new CantripError('TRAINER_BUSY', { who, what, fix });
}
