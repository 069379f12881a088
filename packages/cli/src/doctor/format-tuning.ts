import type { Diagnosis } from '@cantrip/core-tensor-gpu';
import type { StoredChoice } from '@cantrip/core-tensor-gpu/tuning';

/** The lines about what cudnn-tuner measured on this machine: the gain, the age, and how to delete it. */
export function tuningLines({ folder, files }: Diagnosis['tuning'], now: number = Date.now()): string[] {
  if (files.length === 0) return [];
  return [
    'Measured by cudnn-tuner, newest first',
    ...files.flatMap((file) =>
      'choice' in file ? choiceLines(file.choice, now) : [`  ${file.path} is ignored: ${file.problem}`],
    ),
    `  to measure again: rm -r '${folder}'`,
  ];
}

function choiceLines(choice: StoredChoice, now: number): string[] {
  const { name, ratio, milliseconds, measured, device, version, threads, batch } = choice;
  const gain = ratio === 1 ? 'the default step time' : `${ratio.toFixed(2)} of the default step time`;
  const age = formatAge(now - Date.parse(measured));
  return [
    `  ${name}: ${settings(choice)}`,
    `    ${gain}, ${milliseconds.toPrecision(3)} ms; ${age}, ${device}, ${version}, ${threads} threads, ${batch}`,
  ];
}

function settings({ environment, compile }: StoredChoice): string {
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  if (compile !== undefined) variables.push(`compile: '${compile}'`);
  return variables.join(' ') || "TensorFlow's defaults";
}

const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

/**
 * Formats a duration in its largest unit.
 *
 * @example
 * ```ts
 * formatAge(90_000_000); // 1 day ago
 * ```
 */
export function formatAge(milliseconds: number): string {
  const unit = units.find(([, length]) => milliseconds >= length);
  if (unit === undefined) return 'just now';
  const count = Math.floor(milliseconds / unit[1]);
  return `${count} ${unit[0]}${count === 1 ? '' : 's'} ago`;
}
