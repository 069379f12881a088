// Owns the folder that is named until it is killed, or says who does.
import { writeSync } from 'node:fs';
import { ownFolder } from '@cantrip/checkpoint';

const [folder = ''] = process.argv.slice(2);
try {
  ownFolder(folder);
  writeSync(1, 'owned\n');
  setInterval(() => undefined, 1000);
} catch (error) {
  writeSync(1, `${(error as Error).message}\n`);
}
