import type { Job } from '@cantrip/ablation';
import { seed } from '@cantrip/seed';
import type { AnyPlugin } from '@cantrip/trainer';

/** The trick `seed` of an experiment. {@link seeded} replaces it by the plugin with the run's seed. */
export const seedTrick = { name: 'seed' };

/**
 * The plugins of a run. Only the trick decides whether the run has a seed. Otherwise the runner would seed every
 * run, and the variants with and without the trick would be equal.
 */
export function seeded({ plugins, seed: value }: Pick<Job, 'plugins' | 'seed'>): readonly AnyPlugin[] {
  return plugins.map(({ seed: _, ...plugin }) => (plugin.name === seedTrick.name ? seed({ value }) : plugin));
}
