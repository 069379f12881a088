import * as v from 'valibot';
import { brokenLine, unread } from './log-errors.ts';
import { type Line, linesOf } from './lines-of.ts';

/** A row, and the offset in bytes after its line. */
export interface FoundRow<Row> {
  readonly row: Row;
  readonly end: number;
}

/**
 * Reads the rows of a file of JSON lines.
 *
 * @throws CantripError RUN_LOG_INVALID, which names the line; RUN_LOG_READ
 */
export async function* rowsOf<Row>(
  path: string,
  schema: v.GenericSchema<unknown, Row>,
): AsyncGenerator<FoundRow<Row>> {
  const lines = linesOf(path);
  try {
    for (let number = 1; ; number++) {
      const line = await next(path, lines, number);
      if (line === undefined) return;
      yield { row: parsed(path, line, schema), end: line.end };
    }
  } finally {
    // Closes the file, also if the reader has enough.
    await lines.return(undefined);
  }
}

async function next(path: string, lines: AsyncGenerator<Line>, number: number): Promise<Line | undefined> {
  try {
    const result: IteratorResult<Line, unknown> = await lines.next();
    return result.done ? undefined : result.value;
  } catch (error) {
    if (error instanceof TypeError) throw brokenLine(path, number, 'its bytes are no UTF-8');
    throw unread(path, error);
  }
}

function parsed<Row>(path: string, { number, text }: Line, schema: v.GenericSchema<unknown, Row>): Row {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw brokenLine(path, number, 'it is no JSON');
  }
  const { success, output, issues } = v.safeParse(schema, value);
  if (success) return output;
  const [{ message, path: keys }] = issues;
  const at = (keys ?? []).map(({ key }) => String(key)).join('.');
  throw brokenLine(path, number, at === '' ? message : `${at}: ${message}`);
}
