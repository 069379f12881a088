import { isBuiltin } from 'node:module';
import ts from 'typescript';

/** One import or re-export of a file. */
export interface Import {
  /** What stands between the quotes. */
  readonly from: string;
  /**
   * Whether it vanishes when the file is compiled: only `import type` does. With `verbatimModuleSyntax`,
   * `import { type A }` leaves an import behind.
   */
  readonly typeOnly: boolean;
}

/** Every import of a TypeScript or JavaScript text: static, dynamic, re-exported and required. */
export function importsOf(path: string, text: string): Import[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, false);
  const imports: Import[] = [];
  const visit = (node: ts.Node): void => {
    const found = importOf(node);
    if (found) imports.push(found);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return imports;
}

function importOf(node: ts.Node): Import | undefined {
  if (ts.isImportDeclaration(node)) {
    return named(node.moduleSpecifier, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword);
  }
  if (ts.isExportDeclaration(node))
    return node.moduleSpecifier && named(node.moduleSpecifier, node.isTypeOnly);
  if (ts.isCallExpression(node) && node.arguments[0] !== undefined) {
    const { expression } = node;
    const isRequire = ts.isIdentifier(expression) && expression.text === 'require';
    if (expression.kind === ts.SyntaxKind.ImportKeyword || isRequire) return named(node.arguments[0], false);
  }
  return undefined;
}

function named(specifier: ts.Node, typeOnly: boolean): Import | undefined {
  return ts.isStringLiteralLike(specifier) ? { from: specifier.text, typeOnly } : undefined;
}

/** `@scope/name` or `name`, without the path inside the package; undefined for a file, `#alias` or module of Node. */
export function packageName(from: string): string | undefined {
  if (/^[./#]/.test(from) || isBuiltin(from)) return undefined;
  return from
    .split('/')
    .slice(0, from.startsWith('@') ? 2 : 1)
    .join('/');
}
