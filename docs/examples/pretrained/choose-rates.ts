// Tries each optimizer and rate for each way to train: npx tsx --conditions=@cantrip/source
// docs/examples/pretrained/choose-rates.ts. Run convert.py first, and main.ts afterwards.
import { writeFileSync } from 'node:fs';
import { ablate, ablationTable } from '@cantrip/ablation';

const folder = new URL('./results/', import.meta.url);
const experiment = new URL('./rates.ts', import.meta.url);
// A seed, and so training images, that the comparison does not use.
const options = { design: 'add-one', seeds: [11], processes: 1, threads: 1 } as const;
const result = await ablate({ experiment, ...options, folder: folder.pathname });
process.stdout.write(`${ablationTable(result, { times: false })}\n`);
writeFileSync(new URL('pretrained-rates.json', folder), `${JSON.stringify(result, null, 2)}\n`);
