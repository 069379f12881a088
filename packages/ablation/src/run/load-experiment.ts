import { CantripError, describe, isCantripError } from '@cantrip/errors';
import type { Ablation } from '../design/define-ablation.ts';

/**
 * Imports a module and returns the experiment that it exports.
 *
 * @throws CantripError ABLATION_FAILED if there is none
 */
export async function loadExperiment(url: string): Promise<Ablation> {
  const { experiment } = await importModule(url);
  if (typeof experiment === 'object' && experiment !== null && Array.isArray(experiment.tricks))
    return experiment;
  throw new CantripError('ABLATION_FAILED', {
    who: 'ablate',
    what: `${url} must export experiment, a result of defineAblation(), got ${describe(experiment)}`,
    fix: 'Write in this module: export const experiment = defineAblation({ … })',
  });
}

interface Module {
  readonly experiment?: Ablation | null;
}

async function importModule(url: string): Promise<Module> {
  try {
    return (await import(/* @vite-ignore */ url)) as Module;
  } catch (cause) {
    // The module's own error says more.
    if (isCantripError(cause)) throw cause;
    throw new CantripError('ABLATION_FAILED', {
      who: 'ablate',
      what: `${url} cannot be imported: ${cause instanceof Error ? cause.message.split('\n')[0] : String(cause)}`,
      fix: 'Pass the path of a module that exports an experiment',
      cause,
    });
  }
}
