import type { DeviceDescription, DeviceDiagnosis, Diagnosis } from '@cantrip/core-tensor-gpu';
import { checkDiagnosis } from './check-diagnosis.ts';
import { formatBytes } from './format-bytes.ts';
import { tuningLines } from './format-tuning.ts';

/**
 * Formats a diagnosis as `cantrip doctor` prints it.
 *
 * @throws CantripError OPTION_INVALID
 */
export function formatDiagnosis(diagnosis: Diagnosis): string {
  const { node, platform, hardware, threads, memory, devices, libraries, tuning, refusal } = checkDiagnosis(
    'formatDiagnosis',
    diagnosis,
  );
  const chosen = devices.find(({ available }) => available)?.name ?? 'none';
  const sections = [
    [`Node ${node} on ${platform}: ${hardware}, ${count(threads, 'thread')}, ${formatBytes(memory)}`],
    [refusal ? `Training would fail at once: ${refusal.reason}` : `Training takes the device ${chosen}.`],
    ['Devices, best first', ...devices.flatMap(deviceLines)],
  ];
  if (libraries.length > 0) sections.push(['Places searched for TensorFlow', ...libraryLines(libraries)]);
  const tuned = tuningLines(tuning);
  if (tuned.length > 0) sections.push(tuned);
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function deviceLines(device: DeviceDiagnosis): string[] {
  const name = device.name.padEnd(11);
  if (device.available) {
    const rule = device.description.settings?.stepThreads;
    const more = rule === undefined ? [] : [`${' '.repeat(19)}a captured step uses ${rule}`];
    return [`  ${name} yes  ${deviceFacts(device.description)}`, ...more];
  }
  const lines = [`  ${name} no   ${device.reason}`];
  if (device.fix !== undefined) lines.push(`  ${' '.repeat(11)}      to get it: ${device.fix}`);
  return lines;
}

function deviceFacts(description: DeviceDescription): string {
  const { version, hardware, threads, memory, library, settings } = description;
  const oneDnn = settings?.oneDnn === undefined ? undefined : `oneDNN ${settings.oneDnn ? 'on' : 'off'}`;
  const facts = [version, hardware, count(threads, 'thread'), oneDnn, formatBytes(memory), library];
  return facts.filter((fact) => fact !== undefined && fact !== '').join(', ');
}

function libraryLines(libraries: Diagnosis['libraries']): string[] {
  const width = Math.max(...libraries.map(({ source }) => source.length));
  return libraries.map(
    ({ source, path, found, problem }) =>
      `  ${source.padEnd(width)}  ${found ? 'found' : 'none '}  ${problem ?? path}`,
  );
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
