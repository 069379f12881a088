import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What of a run a test chooses. */
export interface RunParts {
  readonly seed?: number;
  readonly hyperparameters?: object;
  readonly plugins?: readonly { readonly name: string; readonly settings?: object }[];
  readonly description?: object;
  readonly environment?: object;
  /** The loss of each step, NaN and infinities included. */
  readonly losses?: readonly number[];
  /** The figures of each epoch. */
  readonly epochs?: readonly Readonly<Record<string, number>>[];
  readonly scalars?: Readonly<Record<string, number>>;
}

const json = (value: unknown): string =>
  JSON.stringify(value, (_, one: unknown) =>
    typeof one === 'number' && !Number.isFinite(one) ? String(one) : one,
  );

const at = '2026-01-31T12:00:00.000Z';

/** Writes a run folder as docs/run-folder.md describes it. */
export function writeRun(folder: string, parts: RunParts = {}): string {
  const { seed = 1, hyperparameters = {}, plugins = [], description = {}, environment = {} } = parts;
  const { losses = [], epochs = [], scalars = {} } = parts;
  mkdirSync(folder, { recursive: true });
  const info = {
    format: 'cantrip-run',
    version: 1,
    seed,
    hyperparameters,
    plugins,
    description,
    starts: [{ step: 0, epoch: 0, at, environment, git: { commit: 'a'.repeat(40), dirty: false } }],
  };
  writeFileSync(join(folder, 'run.json'), json(info));
  const perEpoch = Math.max(1, Math.floor(losses.length / Math.max(1, epochs.length)));
  const steps = losses.map((loss, index) => ({
    kind: 'step',
    step: index + 1,
    epoch: Math.min(Math.floor(index / perEpoch), Math.max(0, epochs.length - 1)),
    loss,
    learningRate: 0.1 / (index + 1),
    scalars,
  }));
  const ends = epochs.map((figures, index) => ({
    kind: 'epoch',
    step: (index + 1) * perEpoch,
    epoch: index + 1,
    figures,
  }));
  const rows = [...steps, ...ends];
  const times = rows.map(({ kind, step, epoch }) => ({
    kind,
    step,
    epoch,
    at,
    seconds: step / 50,
    stepMilliseconds: 20 + (step % 7),
    memory: 3e8 + step * 1e5,
  }));
  const lines = (all: readonly unknown[]): string => all.map((row) => `${json(row)}\n`).join('');
  writeFileSync(join(folder, 'scalars.jsonl'), lines(rows));
  writeFileSync(join(folder, 'times.jsonl'), lines(times));
  return folder;
}
