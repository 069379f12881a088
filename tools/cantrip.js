#!/usr/bin/env node
// `npx cantrip …` in a clone: the command, run from its source, so that nothing needs building first.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const tsx = fileURLToPath(import.meta.resolve('tsx/cli'));
const command = fileURLToPath(new URL('../packages/cli/src/program/main.ts', import.meta.url));
const { status, error } = spawnSync(
  process.execPath,
  [tsx, '--conditions=@cantrip/source', command, ...process.argv.slice(2)],
  { stdio: 'inherit' },
);
if (error) throw error;
process.exitCode = status ?? 1;
