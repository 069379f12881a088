import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

/** An empty folder, which is gone after the test. */
export function emptyFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'create-cantrip-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes files below a folder. */
export function write(folder: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

/** A table of people: `bought` follows from the age, `income` nearly does. */
export function people(rows = 120, delimiter = ','): string {
  const lines = Array.from({ length: rows }, (_, row) => {
    const age = 18 + ((row * 37) % 60);
    const city = ['Rome', 'Oslo', 'Bonn'][row % 3];
    return [row, row % 40 === 7 ? '' : age, city, age * 100 + (row % 7) / 10, age > 40 ? 'yes' : 'no'].join(
      delimiter,
    );
  });
  return `${['id', 'age', 'city', 'income', 'bought'].join(delimiter)}\n${lines.join('\n')}\n`;
}
