import { imageFolder } from '@cantrip/data/images';
import { expect, it, vi } from 'vitest';

vi.mock('sharp', () => {
  throw new Error("Cannot find package 'sharp'");
});

it('says which library to install if it is absent', async () => {
  await expect(imageFolder('.', { batchSize: 1 })).rejects.toMatchObject({
    code: 'DATA_LIBRARY_ABSENT',
    message: expect.stringContaining('Run npm install sharp') as string,
  });
});
