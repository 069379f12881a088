/**
 * The circles of a directed graph: its strongly connected components of more than one node, each sorted.
 *
 * @see Tarjan, Depth-first search and linear graph algorithms, https://doi.org/10.1137/0201010
 */
export function circlesIn(graph: ReadonlyMap<string, ReadonlySet<string>>): string[][] {
  const found = new Map<string, { readonly index: number; low: number; open: boolean }>();
  const path: string[] = [];
  const circles: string[][] = [];

  const visit = (node: string): number => {
    const mine = { index: found.size, low: found.size, open: true };
    found.set(node, mine);
    path.push(node);
    for (const next of graph.get(node) ?? []) {
      const seen = found.get(next);
      if (!seen) mine.low = Math.min(mine.low, visit(next));
      else if (seen.open) mine.low = Math.min(mine.low, seen.index);
    }
    if (mine.low === mine.index) close(node);
    return mine.low;
  };

  const close = (first: string): void => {
    const component = path.splice(path.indexOf(first));
    for (const node of component) found.get(node)!.open = false;
    if (component.length > 1) circles.push(component.sort());
  };

  for (const node of graph.keys()) if (!found.has(node)) visit(node);
  return circles;
}
