/** A code block of a Markdown page. */
export interface CodeBlock {
  readonly language: 'ts' | 'js';
  /** The line of the page on which its code begins, counted from 1. */
  readonly line: number;
  readonly code: string;
  /** Whether the page calls it a `fragment`: not a program, and so neither checked nor run. */
  readonly isFragment: boolean;
  /** Whether the page says `continued`: the block belongs to the program that the block before it began. */
  readonly isContinued: boolean;
}

const languages: Readonly<Record<string, 'ts' | 'js'>> = {
  ts: 'ts',
  typescript: 'ts',
  js: 'js',
  javascript: 'js',
  mjs: 'js',
};

/**
 * The TypeScript and JavaScript blocks of a Markdown text: "```ts" begins a program, "```ts continued" goes on with it,
 * "```ts fragment" is no program.
 */
export function codeBlocks(markdown: string): CodeBlock[] {
  const lines = markdown.split('\n');
  const blocks: CodeBlock[] = [];
  for (let index = 0; index < lines.length; index++) {
    const fence = /^\s*```(\w*)\s*(.*)$/.exec(lines[index] ?? '');
    if (!fence) continue;
    const begin = index + 1;
    index = lines.findIndex((line, at) => at >= begin && /^\s*```\s*$/.test(line));
    if (index === -1) index = lines.length;
    const language = languages[(fence[1] ?? '').toLowerCase()];
    if (language === undefined) continue;
    blocks.push({
      language,
      line: begin + 1,
      code: `${lines.slice(begin, index).join('\n')}\n`,
      isFragment: /\bfragment\b/.test(fence[2] ?? ''),
      isContinued: /\bcontinued\b/.test(fence[2] ?? ''),
    });
  }
  return blocks;
}
