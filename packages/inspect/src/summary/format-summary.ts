import { CantripError, describe } from '@cantrip/errors';
import { shortBytes, shortCount } from '../table/short-size.ts';
import { type Column, textTable } from '../table/text-table.ts';
import type { LayerSummary, ModelSummary, Shape } from './model-summary.ts';

const columns: readonly Column[] = [
  ['layer', 'left'],
  ['kind', 'left'],
  ['output', 'left'],
  ['calls', 'right'],
  ['parameters', 'right'],
  ['trained', 'right'],
  ['FLOPs', 'right'],
  ['weights', 'right'],
  ['activations', 'right'],
];

/**
 * A summary as a table of text, one line for each layer and one for the whole model.
 *
 * A question mark stands for what is not known. `≥` in the last line says that a part of the sum is not known.
 *
 * @param summary - what {@link modelSummary} or {@link functionSummary} returned
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * console.log(formatSummary(modelSummary(model)));
 * // layer    kind   output  calls  parameters  trained   FLOPs  weights  activations
 * // ─────────────────────────────────────────────────────────────────────────────────
 * // dense_1  Dense  1 × 10      1       7,850    7,850  15.7 k  31.4 kB         40 B
 * // ─────────────────────────────────────────────────────────────────────────────────
 * // all                         1       7,850    7,850  15.7 k  31.4 kB         40 B
 * ```
 */
export function formatSummary(summary: ModelSummary): string {
  requireSummary(summary);
  const { layers, batchSize, unknownFlops, unknownSizes } = summary;
  const least = (unknown: readonly string[], text: string): string =>
    unknown.length > 0 ? `≥ ${text}` : text;
  const all = [
    ...['all', '', '', String(layers.reduce((sum, { calls }) => sum + calls, 0))],
    ...[exact(summary.parameters), exact(summary.trained), least(unknownFlops, shortCount(summary.flops))],
    ...[shortBytes(summary.weightBytes), least(unknownSizes, shortBytes(summary.activationBytes))],
  ];
  const notes = [
    `FLOPs and activations of one forward pass of ${batchSize} ${batchSize === 1 ? 'example' : 'examples'}; a multiply-add is 2 FLOPs.`,
    unknownFlops.length > 0 && `The FLOPs of ${some(unknownFlops)} are not known.`,
    unknownSizes.length > 0 && `The output sizes of ${some(unknownSizes)} are not known: give inputShapes.`,
  ];
  return [textTable(columns, [...layers.map(lineOf), null, all]), ...notes.filter(Boolean)].join('\n');
}

function lineOf(layer: LayerSummary): string[] {
  const { name, kind, outputShapes, calls, parameters, trained, flops, weightBytes, activationBytes } = layer;
  return [
    ...[name, kind, shapesOf(outputShapes), String(calls), exact(parameters), exact(trained)],
    flops === undefined ? '?' : shortCount(flops),
    shortBytes(weightBytes),
    activationBytes === undefined ? '?' : shortBytes(activationBytes),
  ];
}

/** Equal shapes stand once. */
function shapesOf(shapes: readonly Shape[]): string {
  return [...new Set(shapes.map((shape) => shape.map((size) => size ?? '?').join(' × ')))].join(', ');
}

const most = 3;

function some(names: readonly string[]): string {
  const more = names.length - most;
  return names.slice(0, most).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

const exact = (count: number): string => count.toLocaleString('en');

function requireSummary(summary: unknown): void {
  const { layers, unknownFlops, unknownSizes } = (summary ?? {}) as Partial<ModelSummary>;
  if ([layers, unknownFlops, unknownSizes].every(Array.isArray)) return;
  throw new CantripError('OPTION_INVALID', {
    who: 'formatSummary',
    what: `summary must be what modelSummary returned, got ${describe(summary)}`,
    fix: 'Write formatSummary(modelSummary(model))',
  });
}
