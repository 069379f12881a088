import { lstatSync, readlinkSync } from 'node:fs';

/** A file that is to be packed. */
export interface GivenFile {
  /** Below the folder in which the kit is put together. */
  readonly path: string;
  /** Where it lies here, or its content. */
  readonly source: string | Buffer;
  readonly mode: number;
  /** It is a link to this path. */
  readonly link?: string;
}

/** Files that are of use only together. */
export interface GivenGroup {
  readonly name: string;
  readonly files: readonly GivenFile[];
}

/** A file or a link of this machine. */
export function givenFile(path: string, source: string): GivenFile {
  const status = lstatSync(source);
  const mode = status.mode & 0o777;
  return status.isSymbolicLink()
    ? { path, source, mode, link: readlinkSync(source) }
    : { path, source, mode };
}
