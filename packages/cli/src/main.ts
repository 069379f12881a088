#!/usr/bin/env node
import { runCantrip } from './run-cantrip.ts';

process.exitCode = await runCantrip(process.argv.slice(2));
