import { CantripError } from '@cantrip/errors';
import type { HostContext } from '../contract/contexts.ts';
import type { AnyPlugin } from '../contract/plugin.ts';
import { idOf, ownName } from '../contract/plugin-id.ts';
import { guard } from './call-hooks.ts';
import { isMeant } from './check-plugins.ts';
import { checkResult } from './check-result.ts';

type Scalars = Readonly<Record<string, number>>;

const hook = 'scheduleScalars';

/**
 * Calls `scheduleScalars` of every plugin in list order. Each hook receives what the plugins before it gave. It returns
 * all of that, and its own scalars. It changes a scalar of another plugin only if its `after` names that plugin.
 *
 * @throws CantripError HOOK_RESULT, HOOK_ASYNC, HOOK_FAILED
 */
export function callScheduleScalars(
  plugins: readonly AnyPlugin[],
  contextOf: (plugin: AnyPlugin) => HostContext,
): Scalars {
  const givers = new Map<string, AnyPlugin>();
  let scalars: Scalars = {};
  for (const plugin of plugins) {
    if (!plugin.scheduleScalars) continue;
    const given = scalars;
    const result = guard(plugin, hook, () => plugin.scheduleScalars!(given, contextOf(plugin)) as unknown);
    checkResult(plugin, hook, result, given);
    scalars = joined(plugin, given, result as Scalars, givers);
  }
  return scalars;
}

function joined(plugin: AnyPlugin, given: Scalars, result: Scalars, givers: Map<string, AnyPlugin>): Scalars {
  const lost = Object.keys(given).find((name) => !Object.hasOwn(result, name));
  if (lost !== undefined) throw dropped(plugin, lost, givers.get(lost)!);
  const entries = Object.entries(result).map(([name, value]) => {
    if (Object.hasOwn(given, name)) {
      const giver = givers.get(name)!;
      const mayChange = value === given[name] || (plugin.after ?? []).some((one) => isMeant(one, giver));
      if (!mayChange) throw duplicate(plugin, name, giver);
      return [name, value] as const;
    }
    const own = ownName(plugin, name);
    givers.set(own, plugin);
    return [own, value] as const;
  });
  return Object.fromEntries(entries);
}

const duplicate = (plugin: AnyPlugin, name: string, giver: AnyPlugin): CantripError =>
  new CantripError('HOOK_RESULT', {
    who: idOf(plugin),
    what: `${hook} must return scalars with names of its own, got ${name}, which ${idOf(giver)} gives`,
    fix: `Use another name, or, to change that scalar, write after: ['${giver.name}']`,
  });

const dropped = (plugin: AnyPlugin, name: string, giver: AnyPlugin): CantripError =>
  new CantripError('HOOK_RESULT', {
    who: idOf(plugin),
    what: `${hook} must return the scalars that it received, but ${name} of ${idOf(giver)} is missing`,
    fix: 'Return { ...scalars, mine: value }',
  });
