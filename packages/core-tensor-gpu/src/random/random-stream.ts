/** Host random numbers of one named stream at one step: the same wherever and whenever they are drawn. */
export interface RandomStream {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Standard normal. */
  normal(): number;
  /** An integer, uniform in [0, bound). */
  integer(bound: number): number;
}
