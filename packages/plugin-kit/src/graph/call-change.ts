/** What calls of a layer become. The tensors have no values yet. */
export type CallChange<S> = (
  /** Calls the layer, with the given inputs or with others. */
  next: (inputs?: S | S[]) => S | S[],
  /** What the layer is called with: one tensor, or a list if there are several. */
  inputs: S | S[],
) => S | S[];
