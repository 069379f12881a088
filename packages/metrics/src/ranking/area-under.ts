/** Scores of a yes-or-no question with its right answers and their weights. */
export interface Scored {
  readonly scores: Float64Array;
  /** 1 for yes. */
  readonly targets: Uint8Array;
  readonly weights: Float64Array;
}

/** Calls a function for each group of equal scores, the highest first, with the weights of its yes and its no. */
function eachTie({ scores, targets, weights }: Scored, receive: (yes: number, no: number) => void): void {
  const order = Uint32Array.from(scores.keys()).sort((a, b) => scores[b]! - scores[a]!);
  let [yes, no] = [0, 0];
  for (let at = 0; at < order.length; at++) {
    const index = order[at]!;
    if (targets[index] === 1) yes += weights[index]!;
    else no += weights[index]!;
    if (at + 1 < order.length && scores[order[at + 1]!] === scores[index]) continue;
    receive(yes, no);
    [yes, no] = [0, 0];
  }
}

/** The area under the ROC curve: how probably a yes has a higher score than a no; a tie counts half. NaN without both. */
export function areaUnderRoc(scored: Scored): number {
  let [above, whole, area] = [0, 0, 0];
  eachTie(scored, (yes, no) => {
    area += no * (above + yes / 2);
    above += yes;
    whole += no;
  });
  return above === 0 || whole === 0 ? NaN : area / above / whole;
}

/** The sum of precisions at each threshold, weighted by the recall that it adds. NaN without a yes. */
export function averagePrecisionOf(scored: Scored): number {
  let [hits, taken, sum] = [0, 0, 0];
  eachTie(scored, (yes, no) => {
    hits += yes;
    taken += yes + no;
    if (yes > 0) sum += yes * (hits / taken);
  });
  return hits === 0 ? NaN : sum / hits;
}
