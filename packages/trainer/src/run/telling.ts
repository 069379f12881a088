import { CantripError } from '@cantrip/errors';
import type { LiveRun } from './live-run.ts';
import type { RunLife } from './run-life.ts';
import { callObservers } from '../hooks/call-hooks.ts';
import type { AnyPlugin } from '../contract/plugin.ts';
import type { Observers } from '../contract/hooks.ts';
import type { State } from '../contract/contexts.ts';
import { idOf } from '../contract/plugin-id.ts';

/** Observers that are called once for a change, and not again when a run is resumed. */
type Told = 'onStepEnd' | 'onValidated' | 'onEpochEnd';
type Context<Hook extends Told> = Parameters<Observers<State>[Hook]>[0];

/** Changes the run while it holds the lock, then calls the plugins' hooks in list order. */
export async function changeAndTell<Hook extends Told, T>(
  live: LiveRun,
  hook: Hook,
  change: () => Promise<T>,
  contextOf: (plugin: AnyPlugin, changed: T) => Context<Hook>,
): Promise<T> {
  const unseen = new Set(live.options.plugins.filter((plugin) => plugin[hook] && keepsState(plugin)));
  let end = (): void => undefined;
  const over = new Promise<void>((resolve) => (end = resolve));
  const changed = await live.lock.step(async () => {
    const result = await change();
    live.telling = { unseen, over };
    return result;
  });
  try {
    await tell(live, hook, unseen, (plugin) => contextOf(plugin, changed));
    return changed;
  } finally {
    live.telling = undefined;
    end();
  }
}

/**
 * After a hook throws, only plugins with state are still called, so a failed run can be saved and continued. The
 * first error is thrown; others are logged.
 */
async function tell<Hook extends Told>(
  live: LiveRun,
  hook: Hook,
  unseen: Set<AnyPlugin>,
  contextOf: (plugin: AnyPlugin) => Context<Hook>,
): Promise<void> {
  const { lock, options } = live;
  const errors: unknown[] = [];
  for (const plugin of options.plugins) {
    if (errors.length > 0 && !unseen.has(plugin)) continue;
    try {
      await callObservers({ lock, options: { ...options, plugins: [plugin] } }, hook, contextOf);
    } catch (error) {
      if (errors.push(error) > 1) options.log(`${messageOf(error)} Another hook failed before it.`);
    }
    unseen.delete(plugin);
  }
  if (errors.length > 0) throw errors[0];
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/**
 * Runs work when all plugins with state have been told about the last change.
 *
 * @throws CantripError PLUGIN_ORDER in a hook that itself delays that moment
 */
export async function whenAllHaveSeen<T>(life: RunLife, work: (live: LiveRun) => Promise<T>): Promise<T> {
  for (;;) {
    const result = await life.alone('save', async (live) => {
      if (mayGoOn(live)) return { value: await work(live) };
      // Not awaited here: the lock is held here, and hooks may need it.
      return { over: live.telling!.over, log: live.options.log };
    });
    if ('value' in result) return result.value;
    await sayingWhy(result.over, result.log);
  }
}

const longWait = 10_000;

/** Logs a message after a long wait. A hook that waits for a save from outside looks the same as a slow hook. */
async function sayingWhy(over: Promise<void>, log: (message: string) => void): Promise<void> {
  const message = `[trainer] save has waited ${longWait / 1000} s for the hooks of the last step. If one of these hooks waits for this save, both wait forever. Call save in that hook instead.`;
  const timer = setTimeout(() => log(message), longWait);
  try {
    await over;
  } finally {
    clearTimeout(timer);
  }
}

const told: ReadonlySet<string | undefined> = new Set<Told>(['onStepEnd', 'onValidated', 'onEpochEnd']);

function mayGoOn({ lock, telling }: LiveRun): boolean {
  if (!telling) return true;
  const asking = lock.callers().find(({ hook }) => told.has(hook));
  const unseen = [...telling.unseen].filter((plugin) => plugin !== asking?.plugin);
  if (unseen.length === 0) return true;
  if (asking?.plugin) throw outOfOrder(asking.plugin, asking.hook!, unseen);
  return false;
}

function keepsState(plugin: AnyPlugin): boolean {
  return plugin.state !== undefined || plugin.variables !== undefined;
}

function outOfOrder(plugin: AnyPlugin, hook: string, unseen: readonly AnyPlugin[]): CantripError {
  const others = unseen.map((one) => idOf(one)).join(', ');
  const what = { onStepEnd: 'step', onValidated: 'validation' }[hook] ?? 'epoch';
  return new CantripError('PLUGIN_ORDER', {
    who: idOf(plugin),
    what: `save was called in ${hook} before the hook of ${others}, so the snapshot would mix the states before and after this ${what}`,
    fix: `Move ${idOf(plugin)} to the end of the plugin list`,
  });
}
