import { describe, expect, it } from 'vitest';
import { codeBlocks } from '../readme-blocks/code-blocks.ts';
import { programsOf, typeErrors } from '../readme-blocks/programs.ts';

const page = [
  '# Title',
  '',
  '```ts',
  'const a = 1;',
  'const b = 2;',
  '```',
  '',
  '```ts fragment',
  'transformLoss(loss) {}',
  '```',
  '',
  '```sh',
  'npm ci',
  '```',
  '',
  '```js',
  'const c = 3;',
  '```',
].join('\n');

describe('the code blocks of a page', () => {
  it('are those in TypeScript and JavaScript, with their lines', () => {
    expect(codeBlocks(page)).toEqual([
      {
        language: 'ts',
        line: 4,
        code: 'const a = 1;\nconst b = 2;\n',
        isFragment: false,
        isContinued: false,
      },
      { language: 'ts', line: 9, code: 'transformLoss(loss) {}\n', isFragment: true, isContinued: false },
      { language: 'js', line: 17, code: 'const c = 3;\n', isFragment: false, isContinued: false },
    ]);
  });

  it('end with the page when a fence is left open', () => {
    expect(codeBlocks('```ts\nconst a = 1;')).toHaveLength(1);
  });

  it('are programs unless they are called a fragment, on every page but those of no reader', () => {
    const programs = programsOf(
      new Map([
        ['packages/errors/README.md', page],
        ['packages/errors/CHANGELOG.md', page],
      ]),
    );
    expect(programs.map(({ file }) => file)).toEqual([
      'packages-errors-README-4.ts',
      'packages-errors-README-17.js',
    ]);
  });

  it('go on with the program before them where the page says so, on the same lines', () => {
    const text = ['```ts', 'const a = 1;', '```', '', 'Then:', '', '```ts continued', 'a.no;', '```'].join(
      '\n',
    );
    const programs = programsOf(new Map([['docs/plugins.md', text]]));
    expect(programs.map(({ code }) => code)).toEqual([`const a = 1;${'\n'.repeat(6)}a.no;\n`]);
    const output = `${programs[0]!.file}(7,3): error TS2339: no\n`;
    expect([...typeErrors(output, programs).values()]).toEqual([['docs/plugins.md:8: error TS2339: no']]);
  });

  it("are blamed for the compiler's errors by the page's own lines", () => {
    const programs = programsOf(new Map([['packages/errors/README.md', page]]));
    const output = 'packages-errors-README-4.ts(2,7): error TS2322: no\n';
    expect(typeErrors(output, programs).get('packages-errors-README-4.ts')).toEqual([
      'packages/errors/README.md:5: error TS2322: no',
    ]);
  });
});
