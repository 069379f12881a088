/** An error code that a package defines in its own folder. */
export interface OwnCode {
  readonly code: string;
  readonly meaning: string;
  /** The folder of the package. */
  readonly owner: string;
}

/** The codes of all packages: those that the file `src/error-codes.ts` of a package gives to `ownCodes`. */
export function ownCodesIn(files: ReadonlyMap<string, string>): readonly OwnCode[] {
  return [...files].flatMap(([file, text]) => {
    const owner = /^packages\/([\w-]+)\/src\/error-codes\.ts$/.exec(file)?.[1];
    if (owner === undefined) return [];
    const entries = text.matchAll(/\b([A-Z][A-Z0-9_]*):\s*(['"])((?:\\.|(?!\2).)+)\2/g);
    return [...entries].map(([, code, , meaning]) => ({
      code: code!,
      meaning: meaning!.replace(/\\(.)/g, '$1'),
      owner,
    }));
  });
}
