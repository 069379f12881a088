/**
 * Runs code of the user. What it writes to standard output, e.g. by `console.log`, goes to standard error meanwhile, so
 * that standard output has the result of the command and nothing else.
 */
export async function stdoutForResults<Result>(work: () => Promise<Result>): Promise<Result> {
  const { stdout, stderr } = process;
  const write = stdout.write;
  stdout.write = stderr.write.bind(stderr) as typeof write;
  try {
    return await work();
  } finally {
    stdout.write = write;
  }
}
