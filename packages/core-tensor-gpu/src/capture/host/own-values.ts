/** Whose code is running. `who` is the plugin or `trainer`; `within` is the hook or the layer. */
export interface Place {
  readonly who: string;
  readonly within: string;
}

/** Plain values that a plugin or layer keeps on an object or in a closure. */
export interface OwnValues {
  readonly place: Place;
  /** A text or number that identifies the current values. */
  readonly values: string | number;
  /** The name of a value that has changed since `before`, if it is known. */
  readonly changed?: (before: string | number) => string | undefined;
}
