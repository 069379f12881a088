/** The version of the format that docs/run-folder.md describes. */
export const formatVersion = 1;

/** The names of the files of a log in its run folder. */
export const runFiles = {
  run: 'run.json',
  scalars: 'scalars.jsonl',
  times: 'times.jsonl',
  steps: 'steps.csv',
  validations: 'validations.csv',
  epochs: 'epochs.csv',
  predictions: 'predictions.json',
  /** Written by whoever profiles a step. */
  profile: 'profile.json',
  lock: 'log.lock',
  /** Logs of earlier runs of the folder. */
  earlier: 'earlier',
} as const;
