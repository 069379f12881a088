import { resolve } from 'node:path';
import { parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import { findData } from '../data/find-data.ts';
import type { FoundData } from '../data/found-data.ts';
import { projectFiles } from '../files/project-files.ts';
import { projectName } from '../place/project-name.ts';
import { requireRoom, writeProject } from '../place/write-project.ts';

export interface CreateProjectOptions {
  /** The folder of the project, new or empty. Its name becomes that of the package. */
  readonly folder: string;
  /** A folder of images with one folder for each class, or a file that ends in .csv, .tsv or .parquet; none by default. */
  readonly data?: string | undefined;
  /** The column of the table to predict. By default it is named target, label, class, y or outcome, or is the last one. */
  readonly target?: string | undefined;
}

/** A project that was written. */
export interface CreatedProject {
  /** The absolute path of its folder. */
  readonly folder: string;
  readonly name: string;
  readonly files: readonly string[];
  /** What it trains on, in words. */
  readonly about: readonly string[];
}

const path = v.pipe(
  v.string(),
  v.nonEmpty('must not be empty'),
  v.check((text) => !text.includes('\0'), 'must be a path'),
);
const schema = v.strictObject({
  folder: path,
  data: v.optional(path),
  target: v.optional(v.string()),
});

/**
 * Writes a TypeScript project that trains on the data that are named. All files are written, or none.
 *
 * @throws CantripError OPTION_INVALID, CREATE_CANTRIP_NAME, CREATE_CANTRIP_FOLDER, CREATE_CANTRIP_DATA, or an error of the
 *   function of `@cantrip/data` that reads the data
 * @example
 * ```ts
 * const { files } = await createProject({ folder: 'my-model', data: 'pets' });
 * files; // ['.gitignore', 'README.md', 'data.ts', 'model.ts', 'package.json', 'train.test.ts', 'train.ts', 'tsconfig.json']
 * ```
 */
export async function createProject(options: CreateProjectOptions): Promise<CreatedProject> {
  const { folder: given, data, target } = parseOptions('createProject', schema, options);
  const folder = resolve(given);
  const name = projectName(folder);
  requireRoom(folder);
  const found = await findData({ folder, data, target });
  const files = projectFiles(name, found);
  writeProject(folder, files);
  return { folder, name, files: Object.keys(files), about: inWords(found) };
}

function inWords(data: FoundData): string[] {
  if (data.kind === 'example')
    return ['It trains on two spirals. To train on your own data, create it with --data.'];
  if (data.kind === 'images') {
    const { classes, images, size } = data;
    const some = classes.slice(0, 5).join(', ') + (classes.length > 5 ? ', …' : '');
    return [
      `It tells ${classes.length} classes apart (${some}): ${images} images, ${size.join(' x ')} pixels.`,
    ];
  }
  const { target, inputs, rows, leftOut } = data;
  return [
    `It predicts ${target.isClass ? 'the class' : 'the number'} in the column ${target.name} from ${inputs.length} columns, ${rows} rows.`,
    ...leftOut.map(({ name, reason }) => `The column ${name} is left out: it ${reason}.`),
  ];
}
