import { boundariesOfSave } from './boundaries.ts';
import {
  type Case,
  clockBack,
  failures,
  killsAt,
  killsWhileResuming,
  outOfMemory,
  randomKills,
  readOnlyFolder,
  repeatedKills,
  shortWrites,
  signals,
} from './cases.ts';
import { unbrokenRun } from './trial.ts';
import { captured, wasm } from './way.ts';

/** The save whose boundaries are tried: it prunes too. */
const SAVE = 4;

/** The cases of continuous integration: every boundary of one save, and a few of each other kind. */
export async function quickCases(): Promise<readonly Case[]> {
  const save = boundariesOfSave(await unbrokenRun(wasm), SAVE);
  const some = save.filter(({ name }) => ['write', 'rename'].includes(name)).slice(-2);
  return [
    ...killsAt('killed at each boundary of one save', wasm, save),
    ...randomKills('killed at a random moment', captured, 4),
    ...killsWhileResuming(wasm, [3, 12]),
    repeatedKills(wasm, 70),
    ...failures(wasm, some, ['ENOSPC', 'EIO']),
    readOnlyFolder(wasm, save[0]!),
    shortWrites(wasm, save[0]!),
    clockBack(wasm),
    ...signals(captured),
    outOfMemory(wasm),
  ];
}
