import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Counts how often a run was begun without an end, so that one that takes the machine down is not begun for ever. */
export interface Attempts {
  begun(name: string): number;
  begin(name: string): void;
  end(name: string): void;
}

export function attemptsIn(folder: string): Attempts {
  const fileOf = (name: string): string => join(folder, 'begun', name);
  const begun = (name: string): number =>
    existsSync(fileOf(name)) ? Number(readFileSync(fileOf(name), 'utf8')) : 0;
  return {
    begun,
    begin(name) {
      mkdirSync(join(folder, 'begun'), { recursive: true });
      writeFileSync(fileOf(name), String(begun(name) + 1));
    },
    end: (name) => rmSync(fileOf(name), { force: true }),
  };
}
