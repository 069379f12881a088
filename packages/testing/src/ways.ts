import type { DeviceName } from '@cantrip/ops';
import type { PluginList, Trainer, TrainerOptions } from '@cantrip/trainer';
import { presentDevices } from './devices.ts';
import { tinyTrainer } from './tiny/tiny-trainer.ts';

/** The options of a trainer that decide how a step runs. */
export interface WayOptions {
  readonly device: DeviceName;
  readonly capture: 'auto' | boolean;
}

/** One way to run a step. */
export interface Way {
  /** The name in titles of suites. */
  readonly name: string;
  readonly options: WayOptions;
  readonly captured: boolean;
  /** {@link tinyTrainer}, with steps that run in this way. */
  tinyTrainer(plugins?: PluginList, options?: Partial<TrainerOptions>): Trainer;
}

/** Every way, also of devices that are absent here. */
export const allWays: readonly { readonly name: string; readonly options: WayOptions }[] = [
  { name: 'op by op on cpu', options: { device: 'cpu', capture: false } },
  { name: 'op by op on wasm', options: { device: 'wasm', capture: false } },
  { name: 'op by op on tensorflow', options: { device: 'tensorflow', capture: false } },
  { name: 'captured on tensorflow', options: { device: 'tensorflow', capture: true } },
];

/** The ways that this machine supports, for `describe.each`. A suite about the trainer runs in each way. */
export async function presentWays(): Promise<readonly Way[]> {
  const devices = new Set(await presentDevices(['cpu', 'wasm', 'tensorflow']));
  return allWays
    .filter(({ options }) => devices.has(options.device))
    .map(({ name, options }) => ({
      name,
      options,
      captured: options.capture === true,
      tinyTrainer: (plugins = [], more = {}) => tinyTrainer(plugins, { ...options, ...more }),
    }));
}
