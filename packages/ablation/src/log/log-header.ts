import { CantripError } from '@cantrip/errors';
import type { Parameters } from '../design/define-ablation.ts';
import type { Fingerprint } from './fingerprint.ts';

/** What all runs of a log have in common. If any of it changes, the runs cannot be compared. */
export interface LogHeader {
  readonly format: 1;
  readonly experiment: string;
  readonly parameters: Parameters;
  /** The number of threads. Results on the CPU differ in their last bits between numbers of threads. */
  readonly threads: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly files: Fingerprint;
}

/** @throws CantripError ABLATION_CHANGED, which names everything that differs */
export function checkSameExperiment(path: string, written: LogHeader, wanted: LogHeader): void {
  const before = flat(written);
  const now = flat(wanted);
  const changed = [...new Set([...before.keys(), ...now.keys()])].filter(
    (key) => before.get(key) !== now.get(key),
  );
  if (changed.length === 0) return;
  throw new CantripError('ABLATION_CHANGED', {
    who: 'ablate',
    what: `${path} holds runs of another experiment: ${changed.map((key) => change(key, before, now)).join('; ')}`,
    fix: 'Use another folder, or set acceptChanged: true if the change cannot affect any result',
  });
}

/** All values by name, e.g. `parameters.epochs`; files by path. */
function flat({
  format,
  experiment,
  threads,
  parameters,
  environment,
  files,
}: LogHeader): Map<string, string> {
  const plain = { format, experiment, threads };
  const under = (prefix: string, values: object): [string, string][] =>
    Object.entries(values).map(([key, value]) => [prefix + key, String(value)]);
  return new Map([
    ...under('', plain),
    ...under('parameters.', parameters),
    ...under('environment.', environment),
    ...under('file ', files),
  ]);
}

function change(key: string, before: ReadonlyMap<string, string>, now: ReadonlyMap<string, string>): string {
  // Digests mean nothing to a reader.
  if (key.startsWith('file ')) return `${key} has changed`;
  return `${key} was ${before.get(key) ?? 'not given'} and is ${now.get(key) ?? 'not given'}`;
}
