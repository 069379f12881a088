import { CantripError } from '@cantrip/errors';
import type { HostContext } from '../contract/contexts.ts';
import type { AnyPlugin } from '../contract/plugin.ts';
import { idOf, ownName } from '../contract/plugin-id.ts';
import { guard, type OnAnswer } from './call-hooks.ts';
import { isMeant } from './check-plugins.ts';
import { checkResult } from './check-result.ts';

type Scalars = Readonly<Record<string, number>>;

type Hook = 'scheduleScalars' | 'scheduleBatchScalars';

/** Returns what a hook of a plugin receives, `ahead` batches after the first one of the step. */
export type ContextOf = (plugin: AnyPlugin, ahead?: number) => HostContext;

/**
 * Calls `scheduleScalars` of every plugin in list order, and then `scheduleBatchScalars` for each batch of the step.
 * Each hook receives what the hooks before it gave. It returns all of that, and its own scalars. It changes a scalar of
 * another plugin only if its `after` names that plugin.
 *
 * @param batches - the number of batches in the step
 * @param onAnswer - is told of `scheduleScalars` of each plugin
 * @returns the scalars of each batch
 * @throws CantripError HOOK_RESULT, HOOK_ASYNC, HOOK_FAILED
 */
export function callScheduleScalars(
  plugins: readonly AnyPlugin[],
  batches: number,
  contextOf: ContextOf,
  onAnswer: OnAnswer<Scalars>,
): readonly Scalars[] {
  const givers = new Map<string, AnyPlugin>();
  const ofStep = called(plugins, 'scheduleScalars', {}, givers, contextOf, onAnswer);
  return Array.from({ length: batches }, (_, index) =>
    called(plugins, 'scheduleBatchScalars', ofStep, new Map(givers), (plugin) => contextOf(plugin, index)),
  );
}

function called(
  plugins: readonly AnyPlugin[],
  hook: Hook,
  before: Scalars,
  givers: Map<string, AnyPlugin>,
  contextOf: ContextOf,
  onAnswer: OnAnswer<Scalars> = () => undefined,
): Scalars {
  let scalars = before;
  for (const plugin of plugins) {
    const given = scalars;
    if (!plugin[hook]) {
      onAnswer(plugin, given, given);
      continue;
    }
    const result = guard(plugin, hook, () => plugin[hook]!(given, contextOf(plugin)) as unknown);
    checkResult(plugin, hook, result, given);
    onAnswer(plugin, given, result as Scalars);
    scalars = joined({ plugin, hook }, given, result as Scalars, givers);
  }
  return scalars;
}

interface Call {
  readonly plugin: AnyPlugin;
  readonly hook: Hook;
}

function joined(call: Call, given: Scalars, result: Scalars, givers: Map<string, AnyPlugin>): Scalars {
  const { plugin } = call;
  const lost = Object.keys(given).find((name) => !Object.hasOwn(result, name));
  if (lost !== undefined) throw dropped(call, lost, givers.get(lost)!);
  const entries = Object.entries(result).map(([name, value]) => {
    if (Object.hasOwn(given, name)) {
      const giver = givers.get(name)!;
      const mayChange =
        value === given[name] || giver === plugin || (plugin.after ?? []).some((one) => isMeant(one, giver));
      if (!mayChange) throw duplicate(call, name, giver);
      return [name, value] as const;
    }
    const own = ownName(plugin, name);
    givers.set(own, plugin);
    return [own, value] as const;
  });
  return Object.fromEntries(entries);
}

const duplicate = ({ plugin, hook }: Call, name: string, giver: AnyPlugin): CantripError =>
  new CantripError('HOOK_RESULT', {
    who: idOf(plugin),
    what: `${hook} must return scalars with names of its own, got ${name}, which ${idOf(giver)} gives`,
    fix: `Use another name, or, to change that scalar, write after: ['${giver.name}']`,
  });

const dropped = ({ plugin, hook }: Call, name: string, giver: AnyPlugin): CantripError =>
  new CantripError('HOOK_RESULT', {
    who: idOf(plugin),
    what: `${hook} must return the scalars that it received, but ${name} of ${idOf(giver)} is missing`,
    fix: 'Return { ...scalars, mine: value }',
  });
