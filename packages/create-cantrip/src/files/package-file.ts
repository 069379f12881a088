import type { FoundData } from '../data/found-data.ts';
import { versionsOf } from './versions.ts';

const always = [
  '@cantrip/checkpoint',
  '@cantrip/cli',
  '@cantrip/data',
  '@cantrip/lr-schedules',
  '@cantrip/optimizers',
  '@cantrip/report',
  '@cantrip/run-log',
  '@cantrip/seed',
  '@cantrip/trainer',
  '@tensorflow/tfjs-core',
  '@tensorflow/tfjs-layers',
];

/** package.json of a project. */
export function packageFile(name: string, data: FoundData): string {
  const manifest = {
    name,
    version: '0.0.0',
    private: true,
    type: 'module',
    scripts: {
      start: 'cantrip train train.ts',
      report: 'cantrip report runs',
      test: 'tsx --test train.test.ts',
      check: 'tsc',
    },
    engines: { node: '>=20.19.0' },
    dependencies: versionsOf([...always, ...readersOf(data)]),
    devDependencies: versionsOf(['@types/node', 'tsx', 'typescript']),
  };
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
}

/** What else a project needs to read its data, and to measure its figures. */
function readersOf(data: FoundData): readonly string[] {
  if (data.kind === 'example') return [];
  if (data.kind === 'images') return ['sharp'];
  const reader = data.kind === 'csv' ? 'csv-parse' : 'hyparquet';
  return data.target.isClass ? [reader] : [reader, '@cantrip/metrics'];
}
