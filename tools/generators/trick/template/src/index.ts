export { applyTrickName } from './apply-trick-name.ts';
export { trickName, type TrickNameOptions } from './trick-name.ts';
