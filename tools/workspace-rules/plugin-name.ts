import type { Rule } from './rule.ts';
import { filesUnder } from '../workspace/workspace.ts';

/**
 * The plugin of a trick is named as its folder, because errors, `after` and `conflicts` go by that name. Of several
 * plugins, each may have more after a slash: `gradient-tools/noise`.
 */
export const pluginName: Rule = {
  name: 'plugin name',
  check: (workspace) =>
    workspace.packages
      .filter(({ isTrick }) => isTrick)
      .filter((pkg) => {
        const name = new RegExp(`\\bname\\s*[:=]\\s*(['"\`])${pkg.name}(/[\\w-]+)?\\1`);
        return !filesUnder(workspace, pkg, 'src/').some(([, text]) => name.test(text));
      })
      .map((pkg) => ({
        file: `${pkg.folder}/src`,
        what: `no plugin has the name '${pkg.name}'`,
        fix: `Give its plugin \`name: '${pkg.name}'\`, as the folder is called`,
      })),
};
