import { readdirSync } from 'node:fs';
import { hostname } from 'node:os';

const pattern = /^events\.out\.tfevents\.(\d+)\./;

/** The names of the event files in a folder, in the order in which TensorBoard reads them. */
export function eventFilesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => pattern.test(name))
      .sort();
  } catch {
    return [];
  }
}

let made = 0;

/**
 * A name for a new event file. It begins with the time in seconds, and TensorBoard reads files in the order of their names. So
 * the number is larger than that of every file of the folder, also if the clock was set back.
 *
 * @param ending - tells files of one kind from others
 */
export function eventFileName(folder: string, ending = ''): string {
  const newest = Math.max(0, ...eventFilesIn(folder).map((name) => Number(pattern.exec(name)![1])));
  const number = Math.max(Math.floor(Date.now() / 1000), newest + 1);
  const host = hostname().replaceAll(/[^\w.-]/g, '_');
  return `events.out.tfevents.${String(number).padStart(10, '0')}.${host}.${process.pid}.${made++}${ending}`;
}
