import { progress } from '@cantrip/progress';
import type { TrainerOptions } from '@cantrip/trainer';
import { pluginsOf } from './plugins-of.ts';

/**
 * The options of a trainer, with a live bar if standard error is a terminal. Elsewhere the trainer logs a line for each epoch.
 * A config that shows the epochs itself, or has `reporter: false`, stays as it is.
 */
export async function withBar(options: TrainerOptions): Promise<TrainerOptions> {
  if (!process.stderr.isTTY || options.reporter === false) return options;
  const plugins = await pluginsOf(options.plugins ?? []);
  if (plugins.some(({ provides }) => provides?.includes('progress'))) return options;
  return { ...options, plugins: [...plugins, progress()] };
}
