import { CantripError, parseOptions } from '@cantrip/errors';
import type { Snapshot } from '@cantrip/trainer';
import * as v from 'valibot';
import { modelNameOf } from './names.ts';

const schema = v.object({
  snapshot: v.custom<Snapshot>(
    (value) => typeof value === 'object' && value !== null && 'variables' in value && 'plugins' in value,
    'must be what trainer.save() returned',
  ),
  averaging: v.custom<{ readonly name: string }>(
    (value) => typeof (value as { name?: unknown } | null)?.name === 'string',
    'must be the plugin that averages',
  ),
});

/**
 * A snapshot whose weights are the averages, e.g. to restore them alone: `trainer.restore(…, { only: 'weights' })`.
 *
 * Where averaging has not begun, these are the run's own weights. Nothing is copied.
 *
 * @param snapshot - of a run with the plugin
 * @param averaging - the plugin, for its name
 * @throws CantripError OPTION_INVALID; STATE_MISMATCH if the run did not have the plugin
 * @example
 * ```ts
 * const averaging = weightAveraging();
 * const weights = averagedSnapshot(await trainer.save(), averaging).variables;
 * ```
 */
export function averagedSnapshot(snapshot: Snapshot, averaging: { readonly name: string }): Snapshot {
  parseOptions('averagedSnapshot', schema, { snapshot, averaging });
  const saved = snapshot.plugins[averaging.name];
  if (!saved) throw absent(averaging.name, Object.keys(snapshot.plugins));
  const { begun } = saved.state as { readonly begun?: number };
  if (begun === undefined || snapshot.position.step < begun) return snapshot;
  const averages = Object.entries(saved.variables).flatMap(([name, value]) => {
    const ofModel = modelNameOf(name);
    return ofModel === undefined ? [] : [[ofModel, value] as const];
  });
  return { ...snapshot, variables: { ...snapshot.variables, ...Object.fromEntries(averages) } };
}

function absent(name: string, present: readonly string[]): CantripError {
  return new CantripError('STATE_MISMATCH', {
    who: 'averagedSnapshot',
    what: `the snapshot has no plugin ${name}, only ${present.join(', ') || 'none'}`,
    fix: 'Pass the snapshot of a run with this plugin',
  });
}
