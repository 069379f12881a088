import { describe, expect, it } from 'vitest';
import { canOpenTerminals, inTerminal } from './in-terminal.ts';

const timeout = 60_000;
const summary = /^\[progress\] epoch \d\/3: loss /;
/** What hides a cursor, sets colours or changes a mode: everything that begins with ESC, but the erasing of the bar. */
const changesTerminal = /\u001b(?!\[J)/;

describe.skipIf(!canOpenTerminals)('on a pseudo-terminal', () => {
  it('a bar stands at the bottom, and a line for each epoch stays', { timeout }, async () => {
    const { screen, code } = await inTerminal({});
    expect(code).toBe(0);
    expect(screen.sent).toMatch(/epoch 3\/3 {2}█+░* {2}\d+% \d\/3 {2}loss [\d.]+ {2}.* left {2}accuracy/);
    const rows = await screen.rows();
    expect(rows.filter((row) => summary.test(row))).toHaveLength(3);
    expect(rows.at(-1)).toBe('stopped: undefined');
    expect(rows.join()).not.toContain('█');
    expect(screen.sent).not.toMatch(changesTerminal);
  });

  it('the bar is drawn on standard error, so standard output may go to a file', { timeout }, async () => {
    const { screen } = await inTerminal({ args: '>/dev/null' });
    expect(screen.sent).toContain('█');
    expect(await screen.rows()).toEqual([]);
  });

  it('there is no bar where standard error is not the terminal', { timeout }, async () => {
    const { screen } = await inTerminal({ args: '2>/dev/null' });
    expect(screen.sent).not.toMatch(/█|\u001b/);
    expect((await screen.rows()).filter((row) => summary.test(row))).toHaveLength(3);
  });

  it.each([
    ['TERM', 'dumb', false],
    ['CI', 'true', false],
    ['CI', 'false', true],
    ['NO_COLOR', '1', true],
    ['FORCE_COLOR', '3', true],
  ])('%s=%s: a bar is drawn: %s, without colours', { timeout }, async (name, value, isDrawn) => {
    const { screen } = await inTerminal({ env: { [name]: value } });
    expect(screen.sent.includes('█')).toBe(isDrawn);
    expect(screen.sent).not.toMatch(changesTerminal);
  });

  it('Ctrl-C removes the bar at once, and the run ends after its step', { timeout }, async () => {
    let typed = false;
    const type = (sent: string): string | undefined => {
      if (typed || !sent.includes('2/3')) return undefined;
      typed = true;
      return '\u0003';
    };
    const { screen, code } = await inTerminal({ type });
    expect(code).toBe(0);
    const rows = await screen.rows();
    expect(rows.at(-1)).toBe('stopped: SIGINT');
    expect(rows.join()).not.toContain('█');
    expect(screen.sent).not.toMatch(changesTerminal);
  });

  it('a second Ctrl-C ends a program whose step hangs, and no bar stays', { timeout }, async () => {
    let typed = 0;
    const type = (sent: string): string | undefined => {
      const isTime = sent.includes(typed === 0 ? 'hangs' : 'heard');
      if (typed === 2 || !isTime) return undefined;
      typed += 1;
      return '\u0003';
    };
    const { screen, code } = await inTerminal({ args: 'hang', type });
    expect(code).toBe(130);
    expect((await screen.rows()).join()).not.toContain('█');
  });

  it('Ctrl-C ends a program that does not handle it, and no bar stays', { timeout }, async () => {
    let typed = false;
    const type = (sent: string): string | undefined => {
      if (typed || !sent.includes('2/3')) return undefined;
      typed = true;
      return '\u0003';
    };
    const { screen, code } = await inTerminal({ args: 'unhandled', type });
    expect(code).toBe(130);
    expect((await screen.rows()).join()).not.toMatch(/█|stopped/);
  });

  it.each([
    ['exit', 3],
    ['throw', 1],
  ])('no bar stays where the program ends by %s', { timeout }, async (how, wanted) => {
    const { screen, code } = await inTerminal({ args: how });
    expect(code).toBe(wanted);
    const rows = (await screen.rows()).join('\n');
    expect(screen.sent).toContain('█');
    expect(rows).not.toContain('█');
    if (how === 'throw') expect(rows).toContain('nobody catches this');
  });
});
