import { accessSync, constants, renameSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { CantripError } from '@cantrip/errors';
import type { Logs } from '@cantrip/trainer';

/** The result that `--json` writes. */
export interface Report {
  /** The device's name, e.g. `tensorflow`. */
  readonly device: string;
  /** The share of the test images that the network classifies correctly in the end. */
  readonly accuracy: number;
  /** The mean training loss of the last epoch of the first phase. */
  readonly loss: number;
  /** The training throughput of the first phase, without validation. */
  readonly imagesPerSecond: number;
  /** The wall time of both phases. */
  readonly seconds: number;
  readonly seed: number;
  /** The name of every plugin, in order. `phases` lists the plugins of each phase. */
  readonly plugins: readonly string[];
  readonly phases: Readonly<Record<string, readonly string[]>>;
  readonly history: readonly Epoch[];
  /** The machine and the date. */
  readonly machine: Machine;
}

export interface Machine {
  readonly version: string;
  readonly threads: number;
  readonly hardware: string;
  readonly node: string;
  readonly date: string;
}

/** The figures of one epoch. */
export type Epoch = { readonly phase: string; readonly epoch: number } & Logs;

/** Formats the result as a table. */
export function table(report: Report): string {
  const { device, machine } = report;
  const rows: (readonly [string, string])[] = [
    ['device', `${device} (${machine.version}, ${machine.threads} threads of ${machine.hardware})`],
    ['images a second', Math.round(report.imagesPerSecond).toLocaleString('en')],
    ...report.history
      .filter(({ phase }, i, all) => phase !== all[i + 1]?.phase)
      .map((last) => [`accuracy, ${last.phase}`, percent(last['validation_accuracy'] as number)] as const),
    ['seed', String(report.seed)],
    ...Object.entries(report.phases).map(
      ([phase, names]) => [`plugins, ${phase}`, names.join(' -> ')] as const,
    ),
    ['wall time', `${report.seconds.toFixed(1)} s`],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n');
}

/** Checks before the training that the result can be written. */
export function checkWritable(file: string): void {
  try {
    accessSync(dirname(resolve(file)), constants.W_OK);
  } catch (cause) {
    throw new CantripError('DATA_NOT_FOUND', {
      who: 'mnist',
      what: `the result cannot be written to ${file}`,
      fix: 'Set --json to a file in an existing folder that you may write to',
      cause,
    });
  }
}

/** Writes the report. The file is complete, or does not exist. */
export function writeReport(file: string, report: Report): void {
  const unfinished = `${file}.${process.pid}.part`;
  writeFileSync(unfinished, `${JSON.stringify(report, null, 2)}\n`);
  renameSync(unfinished, file);
}

export const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;
