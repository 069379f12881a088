export { formatDiagnosis } from './format-diagnosis.ts';
export type { CantripParts } from './cantrip-parts.ts';
export { runCantrip } from './run-cantrip.ts';
