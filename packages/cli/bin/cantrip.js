#!/usr/bin/env node
import { existsSync } from 'node:fs';

// In a clone, which need not be built, the command runs from its source.
const fromSource = new URL('../../../tools/cantrip.js', import.meta.url);
if (existsSync(fromSource)) {
  await import(fromSource.href);
} else {
  const { runCantrip } = await import('../dist/index.js');
  process.exitCode = await runCantrip(process.argv.slice(2));
}
