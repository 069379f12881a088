/** What a package may bring along beside its peers. */
export interface PackageBudget {
  /** Packages, itself included. */
  readonly packages: number;
  /** Megabytes of files, itself included. */
  readonly megabytes: number;
}

const trick: PackageBudget = { packages: 5, megabytes: 5 };
/** With the device: koffi carries a binary for each platform. */
const withDevice: PackageBudget = { packages: 30, megabytes: 100 };

/** By package. A package that is not named here must keep to what a trick may. */
const exceptions: Readonly<Record<string, PackageBudget>> = {
  // With safetensors, and file-lock, which writes files that are whole.
  checkpoint: { packages: 6, megabytes: 5 },
  weights: { packages: 6, megabytes: 5 },
  // Protobuf has 3 MB, of which its writer is a small part.
  tensorboard: { packages: 5, megabytes: 8 },
  // Observable Plot with d3 (34 packages), and a DOM to draw in.
  progress: { packages: 10, megabytes: 5 },
  report: { packages: 75, megabytes: 15 },
  ablation: withDevice,
  cli: withDevice,
  // With data, and what reads tables and the heads of images.
  'create-cantrip': { packages: 12, megabytes: 12 },
  'core-tensor-gpu': withDevice,
  // Its tricks, and what these share.
  recipes: { packages: 20, megabytes: 10 },
  testing: withDevice,
  trainer: withDevice,
};

export function packageBudget(name: string): PackageBudget {
  return exceptions[name] ?? trick;
}

/** What a program bundled for a browser may weigh beside TensorFlow.js, in bytes after gzip. */
export interface BundleBudget {
  /** What it takes of the package. */
  readonly takes: string;
  readonly from: string;
  readonly bytes: number;
}

/** The functions of the tricks that a page is likely to take, and what they plug into. */
export const bundleBudgets: readonly BundleBudget[] = [
  { takes: 'smoothLabels', from: 'label-smoothing', bytes: 3_000 },
  { takes: 'labelSmoothing', from: 'label-smoothing', bytes: 9_300 },
  { takes: 'cosine', from: 'lr-schedules', bytes: 2_000 },
  { takes: 'lrSchedule', from: 'lr-schedules', bytes: 3_000 },
  { takes: 'freezeBatchNorm', from: 'freeze-bn', bytes: 10_600 },
  { takes: 'withSeed', from: 'seed', bytes: 7_300 },
  { takes: 'seed', from: 'seed', bytes: 7_300 },
  { takes: 'cudnnTuning', from: 'cudnn-tuner', bytes: 600 },
  { takes: 'randomStream', from: 'ops', bytes: 3_000 },
  { takes: 'sgd', from: 'optimizers', bytes: 11_000 },
  { takes: 'arrayDataset', from: 'data', bytes: 17_000 },
  { takes: 'createTrainer', from: 'trainer', bytes: 81_000 },
];
