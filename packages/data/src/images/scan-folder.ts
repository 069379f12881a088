import type { Dirent } from 'node:fs';
import { CantripError, describe } from '@cantrip/errors';
import { nodeModule } from '../source/node-module.ts';

/** The image files of a folder with one folder for each class. */
export interface ScannedFolder {
  readonly classes: readonly string[];
  /** The files, relative to the folder, with slashes. */
  readonly names: readonly string[];
  /** The class of each file. */
  readonly labels: Int32Array;
  /** The length of each file in bytes. */
  readonly bytes: Float64Array;
}

const who = 'imageFolder';
const decodable = /\.(png|jpe?g|webp)$/i;
/** Images of other kinds. Ignoring them without a word would leave out data. */
const undecodable = /\.(bmp|gif|tiff?|heic|heif|avif|jp2|jxl|ppm|pgm|tga|svg|ico)$/i;

/**
 * Lists the images below each class folder. Hidden files and folders are ignored, and so are files that are no images.
 *
 * Classes and files are sorted by the code points of their names, so the order is the same on every machine.
 *
 * @throws CantripError DATA_NOT_FOUND, DATA_EMPTY or DATA_FORMAT
 */
export async function scanFolder(
  folder: string,
  wanted: readonly string[] | undefined,
): Promise<ScannedFolder> {
  const entries = await list(folder, folder);
  const stray = entries.find((entry) => entry.isFile && isImage(entry.name));
  if (stray) {
    throw new CantripError('DATA_FORMAT', {
      who,
      what: `${folder} must hold one folder for each class, but it holds the image ${describe(stray.name)}`,
      fix: 'Move each image into the folder of its class, or pass the folder above',
    });
  }
  const folders = entries.filter(({ isFile }) => !isFile).map(({ name }) => name);
  const classes = classesOf(folder, folders, wanted);
  const names: string[] = [];
  const labels: number[] = [];
  const bytes: number[] = [];
  for (const [label, name] of classes.entries()) {
    const own = folders.find((one) => one.normalize() === name.normalize());
    const images = own === undefined ? [] : await imagesBelow(folder, own);
    if (images.length === 0 && !wanted) throw emptyClass(folder, name);
    for (const image of images) {
      names.push(image.name);
      labels.push(label);
      bytes.push(image.bytes);
    }
  }
  if (names.length > 0)
    return { classes, names, labels: Int32Array.from(labels), bytes: Float64Array.from(bytes) };
  throw new CantripError('DATA_EMPTY', {
    who,
    what: `${folder} must hold folders with images (png, jpg or webp), but it holds none`,
    fix: 'Pass a folder with one folder for each class',
  });
}

function classesOf(
  folder: string,
  folders: readonly string[],
  wanted: readonly string[] | undefined,
): readonly string[] {
  const known = new Map<string, string>();
  for (const name of folders) {
    const twin = known.get(name.normalize());
    if (twin !== undefined) throw twins(folder, name);
    known.set(name.normalize(), name);
  }
  const own = [...known.keys()].sort(byCodePoint);
  if (!wanted) return own;
  const order = wanted.map((name) => name.normalize());
  const unknown = own.find((name) => !order.includes(name));
  const twice = order.find((name, at) => order.indexOf(name) !== at);
  if (unknown === undefined && twice === undefined) return order;
  throw new CantripError('OPTION_INVALID', {
    who,
    what:
      twice === undefined
        ? `classes must name every folder of ${folder}, but it does not name ${describe(unknown)}`
        : `classes names ${describe(twice)} twice`,
    fix: 'Pass each class once, in the order of the class indices',
  });
}

interface Entry {
  readonly name: string;
  readonly isFile: boolean;
  readonly bytes: number;
}

/** All entries that are not hidden, in the order of their names. Links count as what they lead to. */
async function list(folder: string, root: string): Promise<Entry[]> {
  const { readdir, stat } = nodeModule('fs/promises');
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
    const what = { ENOENT: `there is no folder ${folder}`, ENOTDIR: `${folder} is a file, not a folder` }[
      code
    ];
    throw new CantripError('DATA_NOT_FOUND', {
      who,
      what: what ?? `the folder ${describe(folder)} cannot be read (${code})`,
      fix: 'Pass a folder with one folder of images for each class',
      cause,
    });
  });
  const seen = entries.filter(({ name }) => !name.startsWith('.') && name !== '__MACOSX');
  const found = await Promise.all(
    seen.map(async (entry: Dirent) => {
      const path = nodeModule('path').join(folder, entry.name);
      if (entry.isDirectory()) return { name: entry.name, isFile: false, bytes: 0 };
      if (!entry.isSymbolicLink() && !isImage(entry.name)) return undefined;
      const status = await stat(path).catch((cause: unknown) => {
        throw new CantripError('DATA_NOT_FOUND', {
          who,
          what: `${path} is in ${root}, but it leads to no file`,
          fix: 'Remove this link, or repair it',
          cause,
        });
      });
      return { name: entry.name, isFile: status.isFile(), bytes: status.size };
    }),
  );
  return found
    .filter((entry) => entry !== undefined)
    .sort((left, right) => byCodePoint(left.name.normalize(), right.name.normalize()));
}

/** All images in a folder and in the folders inside it, with paths relative to the root. */
async function imagesBelow(root: string, own: string): Promise<Entry[]> {
  const { join } = nodeModule('path');
  const { realpath } = nodeModule('fs/promises');
  const images: Entry[] = [];
  const walk = async (relative: string, above: readonly string[]): Promise<void> => {
    const path = join(root, relative);
    const real = await realpath(path);
    // A link to a folder around it would be walked through forever.
    if (above.includes(real)) return;
    for (const { name, isFile, bytes } of await list(path, root)) {
      const inside = `${relative}/${name}`;
      if (!isFile) await walk(inside, [...above, real]);
      else if (decodable.test(name)) images.push({ name: inside, isFile, bytes });
      else if (undecodable.test(name)) throw otherKind(join(root, inside));
    }
  };
  await walk(own, []);
  return images;
}

function isImage(name: string): boolean {
  return decodable.test(name) || undecodable.test(name);
}

/** UTF-8 has the order of code points, as Python's `sorted`. */
function byCodePoint(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}

function emptyClass(folder: string, name: string): CantripError {
  return new CantripError('DATA_EMPTY', {
    who,
    what: `the class folder ${describe(name)} in ${folder} holds no image (png, jpg or webp)`,
    fix: 'Remove the folder, or name all classes in the option classes',
  });
}

function twins(folder: string, name: string): CantripError {
  return new CantripError('DATA_FORMAT', {
    who,
    what: `${folder} holds two folders named ${describe(name)}, which differ only in how Unicode writes it`,
    fix: 'Put the images of both into one folder',
  });
}

function otherKind(path: string): CantripError {
  return new CantripError('DATA_FORMAT', {
    who,
    what: `${path} is an image of a kind that is not read`,
    fix: 'Convert it to png, jpg or webp, or move it out of the folder',
  });
}
