import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createReport } from '@cantrip/report';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeRun } from '../../../packages/report/test/write-run.ts';
import { findChromium } from '../../packed/find-chromium.ts';
import { runInBrowser } from '../../packed/run-in-browser.ts';

const chromium = findChromium();
const isRequired = process.env['CANTRIP_REQUIRE']?.split(',').includes('chromium') === true;

/**
 * Measures the page in a frame, in several widths and both themes. The page itself runs no script, so this one, which belongs to
 * the page around it, reads its document.
 */
const measure = `
  const frame = document.createElement('iframe');
  frame.style.cssText = 'width:1400px;height:900px;border:0';
  document.body.append(frame);
  const post = (result) => fetch('/result', { method: 'POST', body: JSON.stringify(result) });
  try {
    await new Promise((done) => { frame.onload = done; frame.src = '/page/report.html'; });
    const page = frame.contentDocument;
    const violations = [];
    page.addEventListener('securitypolicyviolation', (event) => violations.push(event.blockedURI));
    const all = (selector, of = page) => [...of.querySelectorAll(selector)];
    const boxOf = (one) => one.getBoundingClientRect();
    const meet = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 &&
      Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1;
    const overlaps = (of, name) => of.flatMap((one, at) => of.slice(at + 1)
      .filter((other) => meet(boxOf(one), boxOf(other)))
      .map((other) => name + ': ' + one.textContent.trim().slice(0, 40) + ' | ' + other.textContent.trim().slice(0, 40)));
    const luminance = (colour) => {
      const [r, g, b] = colour.match(/[\\d.]+/g).map(Number).map((v) => v / 255)
        .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const contrast = (a, b) => {
      const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
      return (high + 0.05) / (low + 0.05);
    };
    const found = { overlaps: [], outside: [], wide: [], contrast: {}, unnamed: [], focus: [], violations };
    for (const width of [340, 800, 1400]) {
      frame.style.width = width + 'px';
      for (const details of all('details')) details.open = false;
      const root = page.documentElement;
      if (root.scrollWidth > root.clientWidth) found.wide.push(width);
      for (const svg of all('.chart svg')) {
        const texts = all('text', svg).filter((one) => one.textContent.trim() !== '');
        found.overlaps.push(...overlaps(texts, width + ' ' + svg.getAttribute('aria-labelledby')));
        const edge = boxOf(svg);
        for (const one of texts) {
          const box = boxOf(one);
          if (box.left < edge.left - 1 || box.right > edge.right + 1 || box.top < edge.top - 1 || box.bottom > edge.bottom + 1)
            found.outside.push(width + ' ' + svg.getAttribute('aria-labelledby') + ': ' + one.textContent);
        }
      }
      for (const parts of [all('figure, section > .scroll, section > h2, section > h3, section > h4, section > p'), all('.legend li'), all('.worst li'), all('nav li')])
        found.overlaps.push(...overlaps(parts, width + ' page'));
    }
    for (const theme of ['light', 'dark']) {
      page.getElementById('theme-' + theme).checked = true;
      const style = (one) => frame.contentWindow.getComputedStyle(one);
      const back = style(page.body).backgroundColor;
      const texts = [page.body, ...all('a, .note, .quiet, summary, caption, .description')];
      const lines = all('.chart [stroke^="var(--run"], .chart [fill^="var(--run"]');
      found.contrast[theme] = {
        back,
        text: Math.min(...texts.map((one) => contrast(style(one).color, back))),
        axis: Math.min(...all('.chart svg').map((one) => contrast(style(one).color, back))),
        lines: Math.min(...lines.map((one) => contrast(one.getAttribute('stroke')?.startsWith('var') ? style(one).stroke : style(one).fill, back))),
      };
    }
    const ids = all('[id]').map((one) => one.id);
    if (new Set(ids).size !== ids.length) found.unnamed.push('an id is there twice');
    for (const one of all('figure, svg[role=img], section')) {
      for (const attribute of ['aria-labelledby', ...(one.tagName === 'SECTION' ? [] : ['aria-describedby'])]) {
        const name = page.getElementById(one.getAttribute(attribute) ?? '');
        if (!name || name.textContent.trim() === '') found.unnamed.push(one.tagName + ' ' + attribute);
      }
      if (one.tagName === 'FIGURE' && all('table tbody tr', one).length === 0) found.unnamed.push('no data in ' + one.id);
    }
    for (const one of all('img')) if (!one.alt) found.unnamed.push('img');
    for (const one of all('table')) if (all('caption, thead th[scope=col]', one).length < 2) found.unnamed.push('table');
    found.images = all('img').map((one) => [one.naturalWidth, one.naturalHeight]);
    for (const details of all('details')) details.open = true;
    for (const one of all('a[href], summary, input, [tabindex="0"]')) {
      one.focus();
      if (page.activeElement !== one) found.focus.push(one.outerHTML.slice(0, 80));
    }
    found.figures = all('figure h3').map((one) => one.textContent);
    await post(found);
  } catch (error) {
    await post({ failure: String(error?.stack ?? error) });
  }`;

interface Contrast {
  readonly back: string;
  readonly text: number;
  readonly axis: number;
  readonly lines: number;
}

interface Found {
  readonly failure?: string;
  readonly overlaps: readonly string[];
  readonly outside: readonly string[];
  readonly wide: readonly number[];
  readonly contrast: Readonly<Record<'light' | 'dark', Contrast>>;
  readonly unnamed: readonly string[];
  readonly focus: readonly string[];
  readonly violations: readonly string[];
  readonly images: readonly (readonly [number, number])[];
  readonly figures: readonly string[];
}

/** Runs with everything that a report shows: NaN, hostile and long names, predictions of both kinds, a profile. */
function writeRuns(base: string): readonly string[] {
  const attack = '</script><img src=x onerror=alert(1)>';
  const folders = [1, 2, 3].map((seed) =>
    writeRun(join(base, `seed ${seed} with a rather long name`), {
      seed,
      plugins: [{ name: 'label-smoothing', settings: { smoothing: 0.1, [attack]: attack } }],
      environment: { node: 'v22', memory: 2 ** 33 },
      losses: Array.from({ length: 300 }, (_, at) => (at === 50 ? NaN : seed / (1 + at) + 1e-7)),
      epochs: Array.from({ length: 12 }, (_, at) => ({
        loss: 12_345_678 / (seed + at),
        validation_loss: 23_456_789 / (seed + at),
        [attack]: at,
      })),
      scalars: { [`a scalar with a name of many words ${attack}`]: 1e-9 * seed },
    }),
  );
  const picture = { bytes: Buffer.alloc(28 * 14, 100).toString('base64'), low: 0, high: 255 };
  const worst = Array.from({ length: 5 }, (_, index) => ({
    index,
    loss: 9 - index,
    target: [1],
    prediction: [2],
    confidence: 0.99,
    input: index === 4 ? { shape: [40], values: [1, 2, 3] } : { shape: [28, 14, 1], picture },
  }));
  const classes = {
    data: 'validation',
    output: '',
    kind: 'classes',
    count: 1e6,
    classes: 20,
    counts: Array.from({ length: 400 }, (_, at) => [
      Math.floor(at / 20),
      at % 20,
      at % 21 === 0 ? 123_456 : at,
    ]),
    bins: Array.from({ length: 15 }, (_, at) => ({
      count: 10,
      correct: Math.min(10, at),
      confidence: 10 * ((at + 0.5) / 15),
    })),
    worst,
  };
  const values = {
    data: 'validation_noisy',
    output: 'height',
    kind: 'values',
    count: 200,
    every: 2,
    sample: Array.from({ length: 100 }, (_, at) => [at * 1e5, at * 1e5 + 1000 * Math.sin(at)]),
    worst: [],
  };
  const predictions = {
    format: 'cantrip-predictions',
    version: 1,
    step: 300,
    epoch: 11,
    parts: [classes, values],
  };
  writeFileSync(join(folders[0]!, 'predictions.json'), JSON.stringify(predictions));
  const ops = Array.from({ length: 20 }, (_, at) => ({
    op: `AnOpWithAVeryLongNameThatDoesNotFit${at}`,
    count: 3,
    milliseconds: 1000 / (at + 1),
    share: 0.05,
  }));
  const profile = {
    format: 'cantrip-profile',
    version: 1,
    device: 'tensorflow',
    steps: 20,
    step: 4321,
    rows: ops,
  };
  writeFileSync(join(folders[0]!, 'profile.json'), JSON.stringify(profile));
  return folders;
}

describe.runIf(chromium !== undefined || isRequired)('a report in chromium', () => {
  const base = mkdtempSync(join(tmpdir(), 'cantrip-report-'));
  let file: string;
  let found: Found;

  beforeAll(async () => {
    if (chromium === undefined) throw new Error('CANTRIP_REQUIRE names chromium, but none is on the PATH');
    mkdirSync(join(base, 'page'));
    file = join(base, 'page', 'report.html');
    writeFileSync(file, await createReport(writeRuns(join(base, 'runs'))));
    found = (await runInBrowser(chromium, measure, { page: join(base, 'page') })) as Found;
  }, 150_000);

  afterAll(() => rmSync(base, { recursive: true, force: true }));

  it('opens as a file without a message in the console, and is drawn', { timeout: 60_000 }, () => {
    const picture = join(base, 'page.png');
    const { stderr } = spawnSync(
      chromium!,
      [
        ...[
          '--headless=new',
          '--no-sandbox',
          '--disable-gpu',
          '--enable-logging=stderr',
          '--window-size=1400,3000',
        ],
        ...[`--user-data-dir=${join(base, 'profile')}`, `--screenshot=${picture}`, pathToFileURL(file).href],
      ],
      { encoding: 'utf8', timeout: 50_000 },
    );
    expect(stderr.split('\n').filter((line) => line.includes('CONSOLE'))).toEqual([]);
    expect(statSync(picture).size).toBeGreaterThan(50_000);
  });

  it('shows every chart and picture, and loads nothing', () => {
    expect(found.failure).toBeUndefined();
    expect(found.violations).toEqual([]);
    expect(found.figures).toContain('Confusion matrix of validation');
    expect(found.figures).toContain('Time by op of seed 1 with a rather long name');
    expect(found.images).toEqual(Array.from({ length: 4 }, () => [14, 28]));
  });

  it('has nothing that overlaps, leaves its chart or is wider than the window, in three widths', () => {
    expect([found.overlaps, found.outside, found.wide]).toEqual([[], [], []]);
  });

  it('can be read in light and in dark', () => {
    const { light, dark } = found.contrast;
    expect(light.back).not.toBe(dark.back);
    // What WCAG 2.2 wants of text and of graphics at level AA.
    for (const { text, axis, lines } of [light, dark]) {
      expect(Math.min(text, axis)).toBeGreaterThan(4.5);
      expect(lines).toBeGreaterThan(3);
    }
  });

  it('has a name, a description and a table for each chart, and takes the focus where something can be done', () => {
    expect([found.unnamed, found.focus]).toEqual([[], []]);
  });
});
