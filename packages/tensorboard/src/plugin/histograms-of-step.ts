import type { Run } from '@cantrip/trainer';
import { histogramInSlices } from '../summaries/histogram.ts';
import type { EventStream } from '../writer/event-stream.ts';
import type { KeptGradients } from './kept-gradients.ts';

interface Variable {
  data(): Promise<ArrayLike<number>>;
}

interface Source {
  /** `weights` or `gradients`. */
  readonly kind: string;
  readonly variables: Readonly<Record<string, Variable>>;
}

/** The variables of which a step gets histograms. */
export function sourcesOf(
  run: Run,
  {
    weights,
    gradients,
    isChosen,
  }: {
    readonly weights: boolean;
    readonly gradients: KeptGradients | undefined;
    isChosen(name: string): boolean;
  },
): readonly Source[] {
  const pick = (from: Readonly<Record<string, Variable>>, names: readonly string[]): Source['variables'] =>
    Object.fromEntries(
      names.filter((name) => name in from && isChosen(name)).map((name) => [name, from[name]!]),
    );
  return [
    ...(weights ? [{ kind: 'weights', variables: pick(run.variables, Object.keys(run.variables)) }] : []),
    ...(gradients
      ? [{ kind: 'gradients', variables: pick(gradients.values, Object.keys(run.trainable())) }]
      : []),
  ];
}

/**
 * Writes histograms of variables. Training waits for the copies to the host. The counting goes on beside the steps.
 *
 * @returns what resolves when the copies are made, to the promise of the end of counting
 */
export async function writeHistograms(
  sources: readonly Source[],
  stream: EventStream,
  step: number,
): Promise<{ readonly counted: Promise<void> }> {
  const copies: (readonly [tag: string, values: ArrayLike<number>])[] = [];
  for (const { kind, variables } of sources)
    for (const [name, variable] of Object.entries(variables))
      copies.push([`${kind}/${name}`, await variable.data()]);
  return { counted: count(copies, stream, step) };
}

async function count(
  copies: readonly (readonly [tag: string, values: ArrayLike<number>])[],
  stream: EventStream,
  step: number,
): Promise<void> {
  for (const [tag, values] of copies) {
    const histogram = await histogramInSlices(values);
    const notFinite = histogram?.notFinite ?? values.length;
    if (histogram) stream.histogram(tag, histogram, step);
    if (notFinite > 0) stream.scalars({ [`not_finite/${tag}`]: notFinite }, step);
  }
}
