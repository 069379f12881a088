import { markdownTable } from '../../markdown/markdown-table.ts';
import { standIns } from '../collect/stand-in-libraries.ts';
import type { Outcome } from '../runs/outcome.ts';
import { figuresOf } from './figures-of.ts';

/** The page of all outcomes; without one from a card it says so in its first line. */
export function gpuPage(outcomes: readonly Outcome[]): string {
  const measured = outcomes.filter(({ status, rehearsal }) => status === 'done' && !rehearsal);
  const done = outcomes.filter(({ status }) => status === 'done');
  const lines = [
    '# On a GPU',
    '',
    introduction(outcomes, measured),
    '',
    ...(outcomes.length > 0 ? [summary(outcomes), ''] : []),
    ...done.flatMap((outcome) => sectionOf(outcome)),
    standInParagraph(),
    '',
    'How these figures are made: [tools/gpu](../../tools/gpu/README.md).',
    '',
  ];
  return lines.join('\n').replace(/\n{3,}/g, '\n\n');
}

function introduction(outcomes: readonly Outcome[], measured: readonly Outcome[]): string {
  const onCuda = measured.some(({ name }) => name.startsWith('cuda-'));
  const cuda = onCuda
    ? 'CUDA was measured on the cards that the table names.'
    : 'CUDA: never measured on a GPU.';
  const adapters = measured.filter(({ name }) => name.startsWith('webgpu-')).map(({ device }) => device);
  const inSoftware = adapters.some((device) => /in software|swiftshader|llvmpipe/i.test(device ?? ''));
  const onHardware = adapters.length > 0 && !inSoftware;
  const webgpu = onHardware
    ? 'WebGPU was measured on the adapter that the table names.'
    : 'WebGPU: never measured on a GPU.';
  const rehearsed = outcomes.some(({ rehearsal }) => rehearsal)
    ? ' In a rehearsal another device stands in for the card: its figures say nothing about a GPU.'
    : '';
  return `${cuda} ${webgpu}${rehearsed}`;
}

function summary(outcomes: readonly Outcome[]): string {
  return markdownTable(
    ['what', 'result', 'where and when'],
    outcomes.map((outcome) => [
      outcome.title,
      resultOf(outcome),
      outcome.status === 'left out'
        ? ''
        : `${outcome.rehearsal ? 'rehearsal on ' : ''}${outcome.device ?? ''}, ${outcome.date}`,
    ]),
  );
}

function resultOf({ status, reason = '', seconds, tally }: Outcome): string {
  if (status !== 'done') return `${status}: ${oneLine(reason)}`;
  if (tally) return `${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} left out`;
  return `done, ${seconds} s`;
}

const oneLine = (text: string): string => text.trim().split('\n').slice(-3).join(' ').replaceAll('|', '/');

function sectionOf(outcome: Outcome): string[] {
  const { title, figures = {}, failures = [] } = outcome;
  const tables = Object.values(figures).flatMap((value) => [...figuresOf(value), '']);
  const failed =
    failures.length > 0 ? ['Failed:', '', ...failures.map((line) => `- ${oneLine(line)}`), ''] : [];
  return tables.length + failed.length === 0 ? [] : [`## ${title}`, '', ...tables, ...failed];
}

function standInParagraph(): string {
  const list = Object.entries(standIns).map(([name, what]) => `${name} (${what})`);
  return (
    `On CUDA, empty libraries stand in for ${list.join(', ')}. TensorFlow opens them at its start, and no training step here ` +
    'calls one.'
  );
}
