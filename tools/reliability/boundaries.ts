import type { Outcome } from './outcome.ts';

/** An operation of the file system in a run whose steps wait for the disk. */
export interface Boundary {
  /** Its number among all operations of the run. */
  readonly at: number;
  readonly name: string;
}

const changing = ['mkdir', 'open', 'write', 'sync', 'close', 'rename', 'rm'];

/** The operations that change the disk or wait for it. */
export function boundariesOf({ operations }: Outcome): readonly Boundary[] {
  return operations.map((name, at) => ({ at, name })).filter(({ name }) => changing.includes(name));
}

/** Those of one save, with the pruning after it. A save begins with two folders: the one above, which exists, and its own. */
export function boundariesOfSave(outcome: Outcome, save: number): readonly Boundary[] {
  const all = boundariesOf(outcome);
  const begins = all.flatMap(({ name }, i) => (name === 'mkdir' && all[i + 1]?.name === 'mkdir' ? [i] : []));
  return all.slice(begins[save], begins[save + 1]);
}
