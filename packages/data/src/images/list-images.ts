import { requirePath } from '../idx/require-path.ts';
import { nodeModule } from '../source/node-module.ts';
import { scanFolder } from './scan-folder.ts';

/** The images of a folder with one folder for each class. */
export interface ListedImages {
  /** The names of the classes, in the order of the class indices. */
  readonly classes: readonly string[];
  /** The files, relative to the folder, with slashes. */
  readonly files: readonly string[];
  /** The class index of each file. */
  readonly labels: Int32Array;
}

/**
 * Lists the images that `imageFolder` reads, without decoding them. It needs no library.
 *
 * @throws CantripError OPTION_INVALID, DATA_NOT_FOUND, DATA_EMPTY or DATA_FORMAT
 * @example
 * ```ts
 * const { classes, files } = await listImages('pets'); // ['cat', 'dog'], ['cat/1.jpg', …]
 * ```
 */
export async function listImages(folder: string): Promise<ListedImages> {
  requirePath('listImages', 'folder', folder);
  const { classes, names, labels } = await scanFolder(nodeModule('path').resolve(folder), undefined);
  return { classes, files: names, labels };
}
