export { formatDiagnosis } from './format-diagnosis.ts';
export { type CantripParts, runCantrip } from './run-cantrip.ts';
