const prefix = 'average/';

/** The name of an average among the plugin's variables. The prefix keeps it apart from the plugin's other variables. */
export const averageNameOf = (variable: string): string => `${prefix}${variable}`;

/** The name of the model's variable, for the name of its average; undefined for another name. */
export const modelNameOf = (average: string): string | undefined =>
  average.startsWith(prefix) ? average.slice(prefix.length) : undefined;
