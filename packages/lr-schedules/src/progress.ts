/** How far a schedule is, from 0 to 1: `step^k / total^k`, with k of k-decay (https://arxiv.org/abs/2004.05909). */
export function progressOf(step: number, total: number, k: number): number {
  return k === 1 ? step / total : step ** k / total ** k;
}
