import { statSync } from 'node:fs';
import { extname, isAbsolute, relative, resolve, sep } from 'node:path';
import { CantripError } from '@cantrip/errors';
import { codes, who } from '../error-codes.ts';
import { findImages } from './find-images.ts';
import { findTable } from './find-table.ts';
import type { FoundData } from './found-data.ts';

export interface Asked {
  /** The absolute path of the project. */
  readonly folder: string;
  readonly data: string | undefined;
  readonly target: string | undefined;
}

/**
 * Looks at the data that a project shall train on, with the functions that the project will use.
 *
 * @throws CantripError CREATE_CANTRIP_DATA, or what these functions throw
 */
export async function findData({ folder, data, target }: Asked): Promise<FoundData> {
  if (data === undefined) {
    if (target === undefined) return { kind: 'example' };
    throw refusal('--target names a column, but there is no table', 'Write --data table.csv too');
  }
  const found = resolve(data);
  // A project that is moved together with its data still finds them.
  const path = isAbsolute(data) ? data : relative(folder, found).split(sep).join('/');
  const stats = statSync(found, { throwIfNoEntry: false });
  if (!stats) throw refusal(`there is no file or folder ${found}`, 'Write --data with the path of your data');
  if (stats.isDirectory()) {
    if (target === undefined) return { ...(await findImages(found)), path };
    throw refusal('--target names a column, but the data are a folder of images', 'Leave out --target');
  }
  const kind = kinds[extname(found).toLowerCase()];
  if (kind === undefined || !stats.isFile()) {
    throw refusal(
      `${found} is neither a folder of images nor a table`,
      'Name a folder of images, or a file that ends in .csv, .tsv or .parquet',
    );
  }
  return { ...(await findTable(found, kind, target)), path };
}

const kinds: Readonly<Record<string, 'csv' | 'parquet'>> = {
  '.csv': 'csv',
  '.tsv': 'csv',
  '.parquet': 'parquet',
};

function refusal(what: string, fix: string): CantripError {
  return new CantripError(codes.CREATE_CANTRIP_DATA, { who, what, fix });
}
