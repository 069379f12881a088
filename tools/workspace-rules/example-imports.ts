import { codeBlocks } from '../readme-blocks/code-blocks.ts';
import type { Breach, Rule } from './rule.ts';

/** One example: code of a page, of a docstring, or a whole file of docs/examples. */
interface Example {
  /** The line of the file on which the code begins, counted from 1. */
  readonly line: number;
  readonly code: string;
}

/** What an example must not hold, and what to write instead. */
interface Forbidden {
  readonly pattern: RegExp;
  readonly what: (found: string) => string;
  readonly fix: string;
}

const style = "import * as tf from '@tensorflow/tfjs-core', and names from '@tensorflow/tfjs-layers'";

const forbidden: readonly Forbidden[] = [
  {
    pattern: /['"](@tensorflow\/tfjs(?:-node|-node-gpu)?)['"]/,
    what: (found) => `imports ${found}`,
    fix: `Write ${style}`,
  },
  {
    pattern: /import (?!(?:type )?\* as tf from)[^;'"]* from ['"](@tensorflow\/tfjs-core)['"]/,
    what: (found) => `imports ${found} in another way than the other examples`,
    fix: "Write import * as tf from '@tensorflow/tfjs-core'",
  },
  {
    pattern: /import (?:type )?\*[^;'"]* from ['"](@tensorflow\/tfjs-layers)['"]/,
    what: (found) => `imports all of ${found} under one name`,
    fix: "Write named imports, for example import { layers, sequential } from '@tensorflow/tfjs-layers'",
  },
  {
    pattern:
      /(?<![\w.])(tf\.(?:layers|sequential|model|input|initializers|regularizers|constraints|callbacks|data|loadLayersModel|loadGraphModel|LayersModel|Sequential|SymbolicTensor))\b/,
    what: (found) => `uses ${found}, which @tensorflow/tfjs-core does not have`,
    fix: `Import it by name from its package: ${style}`,
  },
];

/** Every example imports TensorFlow.js in the same way. */
export const exampleImports: Rule = {
  name: 'imports of examples',
  check: ({ files }) =>
    [...files].flatMap(([file, text]) =>
      examplesOf(file, text).flatMap((example) => breachesOf(file, example)),
    ),
};

function examplesOf(file: string, text: string): Example[] {
  if (/(^|\/)(test|dist|golden)\//.test(file)) return [];
  if (file.endsWith('.md')) return codeBlocks(text);
  if (/^docs\/examples\/.*\.ts$/.test(file)) return [{ line: 1, code: text }];
  return /^packages\/[^/]+\/src\/.*\.ts$/.test(file) ? docstringExamples(text) : [];
}

/** The code blocks in the docstrings of a source file. */
function docstringExamples(source: string): Example[] {
  return [...source.matchAll(/\/\*\*[\s\S]*?\*\//g)].flatMap(({ 0: comment, index }) => {
    const before = source.slice(0, index).split('\n').length - 1;
    const text = comment.replace(/^[ \t]*\* ?/gm, '');
    return codeBlocks(text).map(({ line, code }) => ({ line: before + line, code }));
  });
}

/** Of each kind, only the first: one repair usually mends them all. */
function breachesOf(file: string, { line, code }: Example): Breach[] {
  return forbidden.flatMap(({ pattern, what, fix }) => {
    const match = pattern.exec(code);
    if (!match) return [];
    const at = line + code.slice(0, match.index).split('\n').length - 1;
    return [{ file, what: `line ${at}: an example ${what(match[1]!)}`, fix }];
  });
}
