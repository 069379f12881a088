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
