import { dependencyLaw } from './dependency-law.ts';
import { errorCodes } from './error-codes.ts';
import { exampleImports } from './example-imports.ts';
import { fileLength } from './file-length.ts';
import { fileNames } from './file-names.ts';
import { folderSize } from './folder-size.ts';
import { generatedFiles } from './generated-files.ts';
import { importCircles } from './import-circles.ts';
import { lockFile } from './lock-file.ts';
import { manifest } from './manifest.ts';
import { namedFiles } from './named-files.ts';
import { packageFiles } from './package-files.ts';
import { pluginName } from './plugin-name.ts';
import { readmeSections } from './readme-sections.ts';
import type { Rule } from './rule.ts';

/** The house rules that neither the compiler nor the lint holds. */
export const rules: readonly Rule[] = [
  packageFiles,
  manifest,
  dependencyLaw,
  pluginName,
  readmeSections,
  fileNames,
  fileLength,
  folderSize,
  importCircles,
  namedFiles,
  exampleImports,
  errorCodes,
  generatedFiles,
  lockFile,
];
