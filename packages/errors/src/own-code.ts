declare const own: unique symbol;

/** An error code of one package, made by `ownCodes`. */
export type OwnCode = string & { readonly [own]: true };
