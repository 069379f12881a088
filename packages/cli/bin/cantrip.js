#!/usr/bin/env node
import { existsSync } from 'node:fs';

// In a clone, which need not be built, the command runs from its source.
const fromSource = new URL('../../../tools/cantrip.js', import.meta.url);
if (existsSync(fromSource)) {
  await import(fromSource.href);
} else {
  const { runCantrip } = await import('../dist/index.js');
  const code = await runCantrip(process.argv.slice(2));
  // What a config left open, such as a timer or a worker, would keep the process alive after its result.
  process.stdout.write('', () => process.exit(code));
}
