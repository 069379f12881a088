import type { Breach, Rule } from './rule.ts';
import type { Package, Workspace } from '../workspace/workspace.ts';
import { publishedName } from '../workspace/published-name.ts';

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
  const manifest = `${pkg.folder}/package.json`;
  const title = `# ${publishedName(pkg.name)}`;
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
  if (pkg.isTrick)
    breaches.push(...placeholdersIn(file, text), ...placeholdersIn(manifest, pkg.manifest.description));
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

/** What `npm run new-trick` leaves for the author to write, and sections without a word. */
function placeholdersIn(file: string, text = ''): Breach[] {
  const todo = text.split('\n').filter((line) => /\bTODO\b|\bnot measured yet\b/i.test(line));
  const empty = [...text.matchAll(/^## (.+)\n\s*(?=## |$(?![\s\S]))/gm)].map(
    ([, section]) => `## ${section}`,
  );
  return [...todo, ...empty].map((line) => ({
    file,
    what: `is not written yet: "${line.trim()}"`,
    fix: 'Write that sentence; docs/plugins.md and the card of label-smoothing show how',
  }));
}

function withoutCode(text: string): string {
  return text.replace(/^```[\s\S]*?^```/gm, '');
}
