#!/usr/bin/env node
import { runCantrip } from './run-cantrip.ts';

const code = await runCantrip(process.argv.slice(2));
// What a config left open, such as a timer or a worker, would keep the process alive after its result.
process.stdout.write('', () => process.exit(code));
