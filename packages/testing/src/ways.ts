import type { DeviceName } from '@cantrip/ops';
import type { AnyPlugin, Trainer, TrainerOptions } from '@cantrip/trainer';
import { presentDevices } from './devices.ts';
import { tinyTrainer } from './tiny-trainer.ts';

/** One way in which a step can run. */
export interface Way {
  /** For the titles of suites. */
  readonly name: string;
  readonly options: Omit<Required<Pick<TrainerOptions, 'device' | 'capture'>>, 'device'> & {
    readonly device: DeviceName;
  };
  readonly captured: boolean;
  /** {@link tinyTrainer}, running its steps in this way. */
  tinyTrainer(plugins?: readonly AnyPlugin[], options?: Partial<TrainerOptions>): Trainer;
}

const all: readonly (readonly [string, Way['options']])[] = [
  ['op by op on cpu', { device: 'cpu', capture: false }],
  ['op by op on wasm', { device: 'wasm', capture: false }],
  ['op by op on tensorflow', { device: 'tensorflow', capture: false }],
  ['captured on tensorflow', { device: 'tensorflow', capture: true }],
];

/** The ways that this machine has, for `describe.each`: a suite that holds of the trainer holds of each of them. */
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
