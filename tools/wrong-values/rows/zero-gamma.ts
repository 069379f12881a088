import { options, type Rows } from '../row.ts';
import { arrayOf, nothing, optional, optionalOptions, pattern } from '../rules.ts';

const names = options({ norms: optional(arrayOf(pattern, { min: 1 })) }, optionalOptions);

/** Every export of the package. */
export const zeroGammaRows: Rows = {
  zeroGamma: { right: () => [{}], legal: [names] },
  zeroGammas: {
    right: () => [{ layers: [], inputs: [], outputs: [], getClassName: () => 'Model' }, {}],
    legal: [nothing, names],
    endsIn: 'the model has no residual block',
  },
};
