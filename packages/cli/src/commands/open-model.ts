import type { SavedRun } from '@cantrip/checkpoint';
import { CantripError } from '@cantrip/errors';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { fromProject } from '../config/from-project.ts';
import type { LoadedTraining } from '../config/load-training.ts';
import { codes } from '../error-codes.ts';
import { pluginsOf } from './plugins-of.ts';

/**
 * Builds the model of a config, and gives it the weights of a checkpoint.
 *
 * @throws CantripError CLI_CONFIG if the model is a function; STATE_MISMATCH if the weights are not those of the model
 */
export async function openModel(
  who: string,
  { path, training }: LoadedTraining,
  { snapshot }: SavedRun,
): Promise<{ readonly model: LayersModel; close(): void }> {
  const { createTrainer } = await fromProject(who, '@cantrip/trainer', path);
  // Without the plugin that keeps runs, which would take the folder of the checkpoints.
  const plugins = await pluginsOf(training.trainer.plugins ?? []);
  const trainer = createTrainer({
    ...training.trainer,
    plugins: plugins.filter(({ store }) => store === undefined),
    reporter: false,
  });
  const close = (): void => trainer.dispose();
  try {
    await trainer.restore(snapshot, { only: 'weights' });
    const { model } = (await trainer.open()).run;
    if ('layers' in model) return { model, close };
    throw new CantripError(codes.CLI_CONFIG, {
      who,
      what: 'the model of the config is a function, which has no form in TensorFlow.js',
      fix: 'Choose an output that ends in .safetensors',
    });
  } catch (error) {
    close();
    throw error;
  }
}
