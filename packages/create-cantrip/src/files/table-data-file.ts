import { trainingShare } from '../data/require-parts.ts';
import type { InputColumn, TableData } from '../data/found-data.ts';
import { propertyName, quoted } from './code.ts';

/** data.ts of a table. */
export function tableDataFile({ kind, delimiter, inputs, target, leftOut }: TableData): string {
  const reader = kind === 'csv' ? 'readCsv' : 'readParquet';
  const option = delimiter === ',' ? '' : `, { delimiter: ${quoted(delimiter)} }`;
  const column = `table.columns[${quoted(target.name)}]`;
  const without = leftOut
    .map(({ name, reason }) => `    // ${oneLine(name)} is left out: it ${reason}\n`)
    .join('');
  return `import { arrayDataset, splitPositions } from '@cantrip/data';
import { encode, type EncodingPlan, learnEncoding, ${reader} } from '@cantrip/data/tables';

/** What becomes of the columns. Means and categories are learnt from the training part alone. */
const plan: EncodingPlan = {
  inputs: {
${inputs.map(planOf).join('')}${without}  },
  targets: ${quoted(target.name)},
${target.isClass && target.kind === 'number' ? '  classes: true,\n' : ''}};

/** Reads the table. One row of five is for validation. */
export async function readData({ data, batchSize, seed }: { data: string; batchSize: number; seed: number }) {
  const table = await ${reader}(data${option});
${target.isClass ? ofClasses(column) : ofNumbers}}
${target.isClass ? '' : standardized}`;
}

function planOf({ name, kind, hasGaps }: InputColumn): string {
  const how = kind === 'number' ? "use: 'standardize'" : "use: 'oneHot', unknown: 'zeros'";
  const fill = hasGaps ? `, fill: '${kind === 'number' ? 'median' : 'mostFrequent'}'` : '';
  return `    ${propertyName(name)}: { ${how}${fill} },\n`;
}

const oneLine = (name: string): string => name.replace(/\s+/g, ' ');

const ofClasses = (column: string): string => `  const labels = Array.from(${column}!.values, String);
  const [first, rest] = splitPositions(table.rows, { first: ${trainingShare}, seed, stratify: labels });
  const encoding = learnEncoding(table.select(first), plan);
  return {
    train: arrayDataset({ ...encode(table.select(first), encoding), batchSize, shuffle: true }),
    validation: arrayDataset({ ...encode(table.select(rest), encoding), batchSize }),
    inputShape: [encoding.features.length],
    outputs: encoding.classes!.length,
  };
`;

const ofNumbers = `  const [first, rest] = splitPositions(table.rows, { first: ${trainingShare}, seed });
  const encoding = learnEncoding(table.select(first), plan);
  const [train, validation] = [first, rest].map((rows) => encode(table.select(rows), encoding));
  const numbers = Array.from(train!.targets.values);
  const mean = numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
  const deviation = Math.sqrt(numbers.reduce((sum, one) => sum + (one - mean) ** 2, 0) / numbers.length) || 1;
  return {
    train: arrayDataset({ ...standardized(train!, mean, deviation), batchSize, shuffle: true }),
    validation: arrayDataset({ ...standardized(validation!, mean, deviation), batchSize }),
    inputShape: [encoding.features.length],
    outputs: 1,
  };
`;

const standardized = `
/** Targets around 0 are learnt faster. An output of the model means output * deviation + mean. */
function standardized({ inputs, targets }: ReturnType<typeof encode>, mean: number, deviation: number) {
  const values = Float32Array.from(targets.values, (one) => (one - mean) / deviation);
  return { inputs, targets: { values, shape: targets.shape } };
}
`;
