import type { FoundData } from '../data/found-data.ts';
import type { ProjectFiles } from '../place/write-project.ts';
import { dataFile } from './data-file.ts';
import { modelFile } from './model-file.ts';
import { packageFile } from './package-file.ts';
import { readmeFile } from './readme-file.ts';
import { testFile } from './test-file.ts';
import { trainFile } from './train-file.ts';

/** All files of a project. They are texts of this package, because npm renames a .gitignore that is a file of a package. */
export const projectFiles = (name: string, data: FoundData): ProjectFiles => ({
  '.gitignore': 'node_modules/\nruns/\nreport.html\n',
  'README.md': readmeFile(name, data),
  'data.ts': dataFile(data),
  'model.ts': modelFile(data),
  'package.json': packageFile(name, data),
  'train.test.ts': testFile,
  'train.ts': trainFile(data),
  'tsconfig.json': tsconfig,
});

const tsconfig = `{
  "compilerOptions": {
    "target": "es2023",
    "module": "nodenext",
    "types": ["node"],
    "strict": true,
    "noUncheckedIndexedAccess": true,
    "allowImportingTsExtensions": true,
    "verbatimModuleSyntax": true,
    "skipLibCheck": true,
    "noEmit": true
  },
  "include": ["*.ts"]
}
`;
