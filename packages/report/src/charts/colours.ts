/** The colours of runs, which the page's style sets for light and dark. */
const count = 8;

/** The colour of a run. Later runs get a colour of their own too, but no better told apart. */
export const colourOf = (run: number): string =>
  run < count ? `var(--run-${run + 1})` : `hsl(${(run * 137) % 360} 55% 50%)`;

/** How the line of a run is drawn: the colours alone do not tell runs apart for everyone. */
export const dashOf = (dashed: boolean): string | undefined => (dashed ? '5 4' : undefined);
