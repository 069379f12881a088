import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createReport } from '@cantrip/report';
import { parseHTML } from 'linkedom';
import { expect, onTestFinished } from 'vitest';

/** All that is read of a page; the compiler knows no browser here. */
export interface Page {
  readonly textContent: string;
  getAttribute(name: string): string | null;
  querySelector(selector: string): Page | null;
  querySelectorAll(selector: string): Iterable<Page>;
}

/** A new folder, which is removed afterwards. */
export function folderOf(): string {
  const folder = mkdtempSync(join(tmpdir(), 'report-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The page about run folders. */
export async function pageOf(...folders: readonly string[]): Promise<Page> {
  return parsed(await createReport(folders));
}

export const parsed = (text: string): Page =>
  (parseHTML(text) as unknown as { readonly document: Page }).document;

/** The texts of what a selector finds, one a line. */
export const textOf = (page: Page, selector: string): string =>
  [...page.querySelectorAll(selector)]
    .map((one) => one.textContent.replaceAll(/\s+/g, ' ').trim())
    .join('\n');

/** The chart with this title. */
export function chart(page: Page, title: string): Page {
  const found = [...page.querySelectorAll('figure')].find((one) => textOf(one, 'h3') === title);
  return found ?? expect.fail(`there is no chart ${title}`);
}
