import type { RunConfig } from './child/run-config.ts';

/** A way to run a step, and the tricks that train too. */
export type Way = Pick<RunConfig, 'device' | 'capture' | 'tricks'>;

export const wasm: Way = { device: 'wasm', capture: false };
export const opByOp: Way = { device: 'tensorflow', capture: false };
export const captured: Way = { device: 'tensorflow', capture: true };

export const nameOf = ({ device, capture }: Way): string =>
  device === 'wasm' ? 'wasm' : `tensorflow, ${capture ? 'captured' : 'op by op'}`;
