/** A process that trains the recipe `reproducible`, because TensorFlow reads its settings once, when it loads. */
import type { WayOptions } from '@cantrip/testing';
import { reproducible } from '../src/index.ts';
import { wholeRun } from './whole-run.ts';

const options = JSON.parse(process.argv[2]!) as WayOptions;
const runs = await wholeRun(() => reproducible({ seed: 42 }), options, { seeds: false });
console.log(JSON.stringify({ ...runs, deterministic: process.env['TF_DETERMINISTIC_OPS'] }));
