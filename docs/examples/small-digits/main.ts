// Compares tricks of the optimizer on a small task: npx tsx --conditions=@cantrip/source main.ts averages
import { ablate, ablationTable, writeReport } from '@cantrip/ablation';

const [name = 'averages'] = process.argv.slice(2);
const folder = new URL('./results', import.meta.url).pathname;
const experiment = new URL(`./${name}.ts`, import.meta.url);
const result = await ablate({ experiment, design: 'add-one', seeds: 5, folder });
process.stdout.write(`${ablationTable(result, { times: false })}\n`);
writeReport(folder, result, { times: false });
