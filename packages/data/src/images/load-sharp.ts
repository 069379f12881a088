import { CantripError } from '@cantrip/errors';
import type sharp from 'sharp';

/** The library that decodes images. */
export type Sharp = typeof sharp;

/**
 * Loads sharp, which users install themselves.
 *
 * @throws CantripError DATA_LIBRARY_ABSENT
 */
export async function loadSharp(who: string): Promise<Sharp> {
  try {
    return (await import('sharp')).default;
  } catch (cause) {
    throw new CantripError('DATA_LIBRARY_ABSENT', {
      who,
      what: 'images are decoded by the package sharp, which cannot be loaded',
      fix: 'Run npm install sharp',
      cause,
    });
  }
}
