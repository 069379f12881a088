import { type CodeBlock, codeBlocks } from './code-blocks.ts';

/** A program that a page shows. */
export interface Program {
  /** The page, as a path from the root. */
  readonly page: string;
  /** The page's line on which its first line stands, counted from 1. */
  readonly line: number;
  /** A file name that no other program has, e.g. `packages-errors-README-21.ts`. */
  readonly file: string;
  readonly code: string;
}

const pages = /^(README|CONTRIBUTING|packages\/[^/]+\/README|docs\/.+)\.md$/;

/** The programs on all pages: every TypeScript and JavaScript block that is not called a fragment. */
export function programsOf(files: ReadonlyMap<string, string>): Program[] {
  return [...files]
    .filter(([page]) => pages.test(page))
    .flatMap(([page, text]) =>
      joined(codeBlocks(text).filter(({ isFragment }) => !isFragment)).map(({ line, language, code }) => ({
        page,
        line,
        file: `${page.replace(/\.md$/, '').replace(/[^\w-]+/g, '-')}-${line}.${language}`,
        code,
      })),
    );
}

/** Blocks that continue a program are put behind it, with empty lines between, so that each line keeps its distance. */
function joined(blocks: readonly CodeBlock[]): CodeBlock[] {
  const programs: CodeBlock[] = [];
  for (const block of blocks) {
    const before = block.isContinued ? programs.pop() : undefined;
    if (!before) programs.push(block);
    else {
      const gap = block.line - before.line - (before.code.split('\n').length - 1);
      programs.push({ ...before, code: `${before.code}${'\n'.repeat(gap)}${block.code}` });
    }
  }
  return programs;
}

/**
 * What the compiler says about each program: its file to messages that name the page and its line.
 *
 * @param output - what `tsc --pretty false` printed, in the folder of the programs
 */
export function typeErrors(output: string, programs: readonly Program[]): ReadonlyMap<string, string[]> {
  const errors = new Map<string, string[]>();
  for (const [, path = '', line = '', message = ''] of output.matchAll(
    /^(.+?)\((\d+),\d+\): (error .+)$/gm,
  )) {
    const program = programs.find(({ file }) => path.endsWith(file));
    const place = program ? `${program.page}:${program.line + Number(line) - 1}` : `${path}:${line}`;
    const file = program?.file ?? path;
    errors.set(file, [...(errors.get(file) ?? []), `${place}: ${message}`]);
  }
  return errors;
}
