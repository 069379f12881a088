import type { Breach, Rule } from './rule.ts';
import type { Package, Workspace } from '../workspace/workspace.ts';

/** The card of a trick: these sections, in this order. */
export const cardSections: readonly string[] = [
  'Use',
  'Options',
  'What it does',
  'When it helps and hurts',
  'Works with',
  'Cost',
  'Reference',
];

/** Of a trick's card, and of another package's README. */
const mostLines = { card: 80, other: 130 };

/** Each package has its card. */
export const readmeSections: Rule = {
  name: 'README sections',
  check: (workspace) => workspace.packages.flatMap((pkg) => breachesOf(workspace, pkg)),
};

function breachesOf({ files }: Workspace, pkg: Package): Breach[] {
  const file = `${pkg.folder}/README.md`;
  const text = files.get(file);
  if (text === undefined) return [];
  const lines = withoutCode(text).split('\n');
  const breaches: Breach[] = [];
  const title = `# @cantrip/${pkg.name}`;
  if (lines[0]?.trim() !== title) {
    breaches.push({ file, what: `begins with "${lines[0] ?? ''}"`, fix: `Begin it with "${title}"` });
  }
  const sections = lines.filter((line) => line.startsWith('## ')).map((line) => line.slice(3).trim());
  if (pkg.isTrick && sections.join() !== cardSections.join()) {
    breaches.push({
      file,
      what: `has the sections ${sections.join(', ') || '(none)'}`,
      fix: `Give a trick's card exactly the sections ${cardSections.join(', ')}`,
    });
  }
  if (!pkg.isTrick && !pkg.manifest.private && !text.includes('\n```')) {
    breaches.push({
      file,
      what: 'shows no example',
      fix: 'Begin with a short program that runs as it stands, or a command',
    });
  }
  const length = text.trimEnd().split('\n').length;
  const most = pkg.isTrick ? mostLines.card : mostLines.other;
  if (length > most) {
    breaches.push({
      file,
      what: `has ${length} lines, more than ${most}`,
      fix: `Move long tables and further programs to docs/${pkg.isTrick ? `tricks/${pkg.name}.md` : ''}`,
    });
  }
  return breaches;
}

function withoutCode(text: string): string {
  return text.replace(/^```[\s\S]*?^```/gm, '');
}
