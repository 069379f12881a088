import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StepProfile } from './step-profile.ts';

/** Writes `profile.json` of a run folder as a whole: a reader sees the old one or the new one. */
export async function writeProfile(folder: string, profile: StepProfile): Promise<void> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, 'profile.json');
  const beside = `${path}.${process.pid}.tmp`;
  await writeFile(beside, `${JSON.stringify(profile, undefined, 2)}\n`);
  await rename(beside, path);
}
