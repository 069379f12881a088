import { readSafetensors, type SafeTensor, safetensorsParts, writeSafetensors } from '@cantrip/safetensors';
import { expect, it } from 'vitest';

const tensors = new Map<string, SafeTensor>([
  ['b', { dtype: 'U8', shape: [3], bytes: Uint8Array.of(1, 2, 3) }],
  ['a', { dtype: 'F32', shape: [], bytes: new Uint8Array(Float32Array.of(0.5).buffer) }],
]);

it('what was written is read again', () => {
  const file = writeSafetensors(tensors, new Map([['format', 'pt']]));
  const content = readSafetensors(file);
  expect([...content.tensors.keys()]).toEqual(['a', 'b']);
  expect(content.tensors).toEqual(tensors);
  expect(content.metadata).toEqual(new Map([['format', 'pt']]));
});

it('the parts together are the file', () => {
  expect(Buffer.concat(safetensorsParts(tensors))).toEqual(Buffer.from(writeSafetensors(tensors)));
});
