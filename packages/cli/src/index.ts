export { formatDiagnosis } from './doctor/format-diagnosis.ts';
export type { CantripParts } from './cantrip-parts.ts';
export { runCantrip } from './program/run-cantrip.ts';
