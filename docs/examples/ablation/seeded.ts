import type { Job } from '@cantrip/ablation';
import { seed } from '@cantrip/seed';
import type { AnyPlugin } from '@cantrip/trainer';

/** The trick `seed` of an experiment; {@link seeded} puts the plugin with the run's seed in its place. */
export const seedTrick = { name: 'seed' };

/**
 * A run's plugins, in which the trick alone decides whether the run has a seed. The runner would seed it in any case, and
 * with and without the trick would be equal.
 */
export function seeded({ plugins, seed: value }: Pick<Job, 'plugins' | 'seed'>): readonly AnyPlugin[] {
  return plugins.map(({ seed: _, ...plugin }) => (plugin.name === seedTrick.name ? seed({ value }) : plugin));
}
