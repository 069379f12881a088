import { CantripError, describe } from '@cantrip/errors';
import type { Ablation } from '../design/define-ablation.ts';

/**
 * Imports a module and gives the experiment that it exports.
 *
 * @throws CantripError ABLATION_FAILED where there is none
 */
export async function loadExperiment(url: string): Promise<Ablation> {
  const { experiment } = (await import(/* @vite-ignore */ url)) as { readonly experiment?: Ablation };
  if (typeof experiment === 'object' && Array.isArray(experiment.tricks)) return experiment;
  throw new CantripError('ABLATION_FAILED', {
    who: 'ablate',
    what: `${url} exports no experiment, but ${describe(experiment)} under that name`,
    fix: 'Write there: export const experiment = defineAblation({ … })',
  });
}
