// Fine-tunes EfficientNet-Lite0 on 200 images of clothes, with and without frozen batch normalisations, and from scratch:
// npx tsx --conditions=@cantrip/source docs/examples/pretrained/main.ts. Run convert.py first.
import { ablate, ablationTable, writeReport } from '@cantrip/ablation';

const folder = new URL('./results', import.meta.url).pathname;
const experiment = new URL('./fine-tuning.ts', import.meta.url);
const result = await ablate({ experiment, design: 'add-one', seeds: 5, processes: 1, threads: 1, folder });
process.stdout.write(`${ablationTable(result, { times: false })}\n`);
writeReport(folder, result, { times: false });
