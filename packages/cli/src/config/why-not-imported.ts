import { spawnSync } from 'node:child_process';
import { CantripError } from '@cantrip/errors';
import { codes } from '../error-codes.ts';

/** The error for a module that could not be imported for a known reason; undefined for what the module itself threw. */
export function whyNotImported(who: string, path: string, error: unknown): CantripError | undefined {
  if (!(error instanceof Error)) return undefined;
  const syntax = syntaxErrorOf(path, error);
  if (syntax !== undefined) {
    return refusal(who, `${syntax.place} has a syntax error: ${syntax.what}`, 'Correct it', error);
  }
  const absent = absentImportOf(error);
  return absent && refusal(who, absent.what, absent.fix, error);
}

function refusal(who: string, what: string, fix: string, cause: Error): CantripError {
  return new CantripError(codes.CLI_CONFIG, { who, what: what.replace(/\.$/, ''), fix, cause });
}

/** Where a syntax error is and what it is; undefined for any other error, also one of `JSON.parse`. */
function syntaxErrorOf(
  path: string,
  error: Error,
): { readonly place: string; readonly what: string } | undefined {
  // esbuild, on which tsx stands: "Transform failed with 1 error:\n/a/train.ts:3:7: ERROR: Expected …".
  const built = /^(.+:\d+:\d+): ERROR: (.+)$/m.exec(error.message);
  if (built && error.name === 'TransformError') return { place: built[1]!, what: built[2]! };
  if (error.name !== 'SyntaxError' || !/^\s+at (?:compileSourceTextModule|wrapSafe)/m.test(error.stack ?? ''))
    return undefined;
  return { place: placeByNode(path) ?? `a module that ${path} imports`, what: error.message };
}

/** Where Node finds a syntax error in a file. It tells this only in a process that ends by it. */
function placeByNode(path: string): string | undefined {
  const { stderr } = spawnSync(process.execPath, ['--check', path], { encoding: 'utf8', env: {} });
  const first = stderr.split('\n', 1)[0]!;
  return /:\d+$/.test(first) ? first.replace(/^file:\/\/.*(:\d+)$/, `${path}$1`) : undefined;
}

/** What a module imports that is not there. */
function absentImportOf(error: Error): { readonly what: string; readonly fix: string } | undefined {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') return undefined;
  const [, wanted] = /Cannot find (?:package|module) '([^']+)'/.exec(error.message) ?? [];
  const [, importer] = /imported from (\S.*)$/m.exec(error.message) ?? [];
  if (wanted === undefined) return undefined;
  const by = importer === undefined ? 'a module' : importer;
  const isFile = /^(?:[./\\]|[A-Z]:|file:)/.test(wanted);
  if (isFile)
    return { what: `${by} imports ${wanted}, which does not exist`, fix: 'Correct the path of the import' };
  const name = wanted
    .split('/')
    .slice(0, wanted.startsWith('@') ? 2 : 1)
    .join('/');
  return { what: `${by} imports ${wanted}, which is not installed`, fix: `Run npm install ${name}` };
}
