import type { SavedRun, SettledContext } from '../contract/run-store.ts';
import { callObservers } from '../hooks/call-hooks.ts';
import type { ContextOf } from '../hooks/call-schedule-scalars.ts';
import { checkParameters } from './check-finite.ts';
import type { LossWatch } from './loss-watch.ts';
import type { LiveRun } from '../run/live-run.ts';
import { savedRun } from '../store/describe-run.ts';

interface Settling {
  readonly live: LiveRun;
  readonly watch: LossWatch;
  readonly contextOf: ContextOf;
}

/** Calls `onSettled`, now that all plugins have been told of a step, of an epoch or of the end. */
export async function settle(
  { live, watch, contextOf }: Settling,
  after: SettledContext['after'],
  measured: Pick<SettledContext, 'logs' | 'validationLeftOut'> = {},
): Promise<void> {
  if (!live.options.plugins.some(({ onSettled }) => onSettled)) return;
  const save = async (): Promise<SavedRun> => {
    await watch.flush();
    return live.lock.alone(async () => {
      await checkParameters(live.model.variables, live.position.step);
      return savedRun(live);
    });
  };
  await callObservers(live, 'onSettled', (plugin) => ({ ...contextOf(plugin), after, ...measured, save }));
}
