import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';

/** All that is used of an element; the compiler knows no browser here. */
interface Element {
  readonly outerHTML: string;
  setAttribute(name: string, value: string): void;
}

export interface DrawOptions extends Omit<Plot.PlotOptions, 'document'> {
  /** The id of the figure, whose title and description name the image. */
  readonly id: string;
}

/** Draws a chart as SVG, in the colours of the page. */
export function draw({ id, ...options }: DrawOptions): string {
  const { document } = parseHTML('<html><body></body></html>') as unknown as { readonly document: object };
  const svg = Plot.plot({
    // The label of the vertical axis stands above its highest tick.
    marginTop: 36,
    ...options,
    // Without a name of its own, charts of one page would share their clip paths.
    className: 'plot',
    style: { background: 'transparent', color: 'inherit', fontSize: '12px', ...(options.style as object) },
    document: document as never,
  }) as unknown as Element;
  for (const [name, value] of [
    ['xmlns', 'http://www.w3.org/2000/svg'],
    ['role', 'img'],
    ['aria-labelledby', `${id}-title`],
    ['aria-describedby', `${id}-description`],
  ] as const)
    svg.setAttribute(name, value);
  return svg.outerHTML;
}
