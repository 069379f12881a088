import type { DeviceName } from '@cantrip/ops';
import type { AnyPlugin, Trainer, TrainerOptions } from '@cantrip/trainer';
import { presentDevices } from './devices.ts';
import { tinyTrainer } from './tiny-trainer.ts';

/** One way to run a step. */
export interface Way {
  /** The name in titles of suites. */
  readonly name: string;
  readonly options: Omit<Required<Pick<TrainerOptions, 'device' | 'capture'>>, 'device'> & {
    readonly device: DeviceName;
  };
  readonly captured: boolean;
  /** {@link tinyTrainer}, with steps that run in this way. */
  tinyTrainer(plugins?: readonly AnyPlugin[], options?: Partial<TrainerOptions>): Trainer;
}

const all: readonly (readonly [string, Way['options']])[] = [
  ['op by op on cpu', { device: 'cpu', capture: false }],
  ['op by op on wasm', { device: 'wasm', capture: false }],
  ['op by op on tensorflow', { device: 'tensorflow', capture: false }],
  ['captured on tensorflow', { device: 'tensorflow', capture: true }],
];

/** The ways that this machine supports, for `describe.each`. A suite about the trainer runs in each way. */
export async function presentWays(): Promise<readonly Way[]> {
  const devices = new Set(await presentDevices(['cpu', 'wasm', 'tensorflow']));
  return all
    .filter(([, { device }]) => devices.has(device))
    .map(([name, options]) => ({
      name,
      options,
      captured: options.capture === true,
      tinyTrainer: (plugins = [], more = {}) => tinyTrainer(plugins, { ...options, ...more }),
    }));
}
