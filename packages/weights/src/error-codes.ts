import { type OwnCode, ownCodes } from '@cantrip/errors';

type Code = 'WEIGHTS_FILE' | 'WEIGHTS_LAYOUT' | 'WEIGHTS_MISMATCH';

export const codes: Readonly<Record<Code, OwnCode>> = ownCodes('weights', {
  WEIGHTS_FILE: 'A file of a model cannot be read or written, or is not what it must be.',
  WEIGHTS_LAYOUT: 'No rule turns the weights of a layer into the layout of another library.',
  WEIGHTS_MISMATCH: 'Weights do not fit a model: names are missing, unknown or doubled, or shapes differ.',
});
