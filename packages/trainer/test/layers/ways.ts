import { presentDevices } from '@cantrip/testing';
import type { TrainerOptions } from '@cantrip/trainer';

export type Way = Required<Pick<TrainerOptions, 'device' | 'capture'>>;

const all: Readonly<Record<string, Way>> = {
  'captured on tensorflow': { device: 'tensorflow', capture: true },
  'op by op on tensorflow': { device: 'tensorflow', capture: false },
  'op by op on wasm': { device: 'wasm', capture: false },
};

/** The ways of running in which every layer is tried, as far as this machine has them. */
export async function layerWays(): Promise<[name: string, Way][]> {
  const present: readonly unknown[] = await presentDevices(['wasm', 'tensorflow']);
  return Object.entries(all).filter(([, { device }]) => present.includes(device));
}

/** Whether the backend's own kernels are right: wasm's for the gradients of 3-D convolutions and pooling are not. */
export const rightOn = ({ device }: Way, { shape }: { readonly shape: readonly number[] }): boolean =>
  device !== 'wasm' || shape.length < 4;
