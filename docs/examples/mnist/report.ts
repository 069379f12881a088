import { writeFileSync } from 'node:fs';
import { CantripError } from '@cantrip/errors';
import type { DeviceDescription } from '@cantrip/core-tensor-gpu';
import type { Logs } from '@cantrip/trainer';
import { percent } from './progress.ts';

/** What `--json` writes. */
export interface Report {
  /** Without the path of its library, which says more of a machine than of a result. */
  readonly device: Omit<DeviceDescription, 'library'>;
  /** When it was trained, and with which Node. */
  readonly date: string;
  readonly node: string;
  /** Share of the test images that the network gets right in the end. */
  readonly accuracy: number;
  /** Mean training loss of the last epoch of the first phase. */
  readonly loss: number;
  /** Training throughput of the first phase, validation left out. */
  readonly imagesPerSecond: number;
  /** Wall time of both phases. */
  readonly seconds: number;
  readonly seed: number;
  readonly plugins: Readonly<Record<string, readonly string[]>>;
  readonly history: readonly Epoch[];
}

/** The figures of one epoch. */
export type Epoch = { readonly phase: string; readonly epoch: number } & Logs;

/** The result as a table for people. */
export function table(report: Report): string {
  const { device } = report;
  const rows: (readonly [string, string])[] = [
    ['device', `${device.name} (${device.version}, ${device.threads} threads, ${device.hardware})`],
    ['images a second', Math.round(report.imagesPerSecond).toLocaleString('en')],
    ...report.history
      .filter(({ phase }, i, all) => phase !== all[i + 1]?.phase)
      .map((last) => [`accuracy, ${last.phase}`, percent(last['validation_accuracy'] as number)] as const),
    ['seed', String(report.seed)],
    ...Object.entries(report.plugins).map(
      ([phase, names]) => [`plugins, ${phase}`, names.join(' -> ')] as const,
    ),
    ['wall time', `${report.seconds.toFixed(1)} s`],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n');
}

/** Writes the report; the file is complete or not there. */
export function writeReport(file: string, report: Report): void {
  try {
    writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
  } catch (cause) {
    throw new CantripError('DATA_NOT_FOUND', {
      who: 'mnist',
      what: `the result cannot be written to ${file}`,
      fix: 'Give --json a file in a folder that exists',
      cause,
    });
  }
}
