import type { Logs, ValidationFigures } from '@cantrip/trainer';
import type { Params } from '../config/params.ts';

/** The result of `cantrip train`, as `--json` prints it. */
export interface Trained {
  /** The absolute path of the config. */
  readonly config: string;
  /** The parameters, as they were set. */
  readonly params: Params;
  readonly seed: number;
  /** The epochs and steps that are done. */
  readonly epoch: number;
  readonly step: number;
  /** The figures of each epoch before this training, of a run that was resumed. */
  readonly earlier: readonly Logs[];
  /** The figures of each epoch of this training. */
  readonly epochs: readonly Logs[];
  /** The figures of each validation within an epoch, if the config sets validateEvery. */
  readonly validations?: readonly ValidationFigures[];
  /** The figures of training in the epoch in whose middle all steps were done. */
  readonly unfinished?: Logs;
  /** Why it ended early, e.g. `SIGINT`. */
  readonly stopped?: string;
}

/** Formats the end of a training for people: what is done, and the last figures. */
export function formatTrained(trained: Trained): string {
  const { epoch, step, stopped } = trained;
  const done = `${plural(epoch, 'epoch')}, ${plural(step, 'step')}`;
  const lines = [stopped === undefined ? `Trained: ${done}` : `Stopped (${stopped}): ${done}`];
  const figures = Object.entries(lastFigures(trained));
  const width = Math.max(0, ...figures.map(([name]) => name.length));
  for (const [name, value] of figures) lines.push(`  ${name.padEnd(width)}  ${formatFigure(value)}`);
  return `${lines.join('\n')}\n`;
}

/** Those of the last epoch, or of the one that is not over, with those of the last validation. */
function lastFigures({ earlier, epochs, validations, unfinished }: Trained): Logs {
  const last = unfinished ?? [...earlier, ...epochs].at(-1) ?? {};
  const hasValidation = Object.keys(last).some((name) => name.startsWith('validation_'));
  return hasValidation ? last : { ...last, ...validations?.at(-1)?.logs };
}

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** Four digits are what figures of two runs are compared by. */
const formatFigure = (value: number): string => String(Number(value.toPrecision(4)));
