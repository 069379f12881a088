import { presentDevices } from '@cantrip/testing';
import type { TrainerOptions } from '@cantrip/trainer';

export type Way = Required<Pick<TrainerOptions, 'device' | 'capture'>>;

/** TensorFlow on the processor; `CANTRIP_BENCH_DEVICE` names a GPU's device instead. */
const native = (process.env['CANTRIP_BENCH_DEVICE'] ?? 'tensorflow') as 'cuda' | 'tensorflow' | 'webgpu';

const all: Readonly<Record<string, Way>> = {
  ...(native !== 'webgpu' && { [`captured on ${native}`]: { device: native, capture: true } }),
  [`op by op on ${native}`]: { device: native, capture: false },
  'op by op on wasm': { device: 'wasm', capture: false },
};

/** The ways of running in which every layer is tried, as far as this machine has them. */
export async function layerWays(): Promise<[name: string, Way][]> {
  const present: readonly unknown[] = await presentDevices(['wasm', native]);
  return Object.entries(all).filter(([, { device }]) => present.includes(device));
}
