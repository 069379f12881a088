import {
  type AblationResult,
  type Effect,
  formatDifference,
  formatFigure,
  verdictInWords,
} from '@cantrip/ablation';
import type { Workspace } from '../workspace/workspace.ts';
import { markdownTable } from '../markdown/markdown-table.ts';

/** A row of a card's table: one trick's effect on one figure. */
interface Row {
  readonly words: string;
  /** The file of its result, from docs/examples, without its ending. */
  readonly experiment: string;
  /** As the experiment calls it. */
  readonly trick: string;
  readonly figure: string;
}

/** What a card shows of ablations: `test/card.json` of the trick. */
interface Card {
  /** The task, where it is not that of the first cards. */
  readonly task?: string;
  readonly rows: readonly Row[];
  /** Words and file, from docs/examples. */
  readonly charts: readonly (readonly [string, string])[];
}

const folder = 'docs/examples';

/** What ablations say of a trick: a table of a few rows, and charts. */
export function ablationOnCard({ files }: Workspace, trick: string): string {
  const text = files.get(`packages/${trick}/test/card.json`);
  if (text === undefined) return '';
  const card = JSON.parse(text) as Card;
  const rows = card.rows.map((row) => cells(row, resultOf(files, row)));
  const task = card.task ?? 'Fashion-MNIST, ResNet-8, 5 seeds';
  const headings = [task, 'with', 'without', 'difference [95 %]', 'verdict'];
  const charts = card.charts.map(([words, path]) => `![${words}](../../${folder}/${path})`);
  return [markdownTable(headings, rows), ...(charts.length > 0 ? [`${charts.join(' ')}\n`] : [])].join('\n');
}

function resultOf(files: Workspace['files'], { experiment }: Row): AblationResult | undefined {
  const text = files.get(`${folder}/${experiment}.json`);
  return text === undefined ? undefined : (JSON.parse(text) as AblationResult);
}

function cells({ words, trick, figure: name }: Row, result: AblationResult | undefined): string[] {
  const effect = result?.effects.find((one) => one.name === trick && one.figure === name);
  if (!result || !effect) return [words, '', '', '', 'no result yet'];
  const figure = result.figures.find((one) => one.name === name)!;
  const [mean, low, high] = [effect.difference.mean, effect.difference.low, effect.difference.high].map(
    (value) => formatDifference(value, figure),
  );
  const [on, off] = [effect.with!, effect.without!].map((value) => formatFigure(value, figure));
  return [words, on!, off!, `${mean} [${low}, ${high}]`, verdict(effect)];
}

const verdict = (effect: Effect): string =>
  effect.verdict === 'changes nothing' ? 'equal to the bit' : verdictInWords(effect);
