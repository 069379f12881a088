import { describe, expect, it } from 'vitest';
import { CantripError, catalogue, isCantripError } from '@cantrip/errors';

const parts = { who: 'label-smoothing', what: 'must come after mixup', fix: 'Move it further down' };

describe('a CantripError', () => {
  it('says who speaks, what is wrong, what to do and its code', () => {
    const error = new CantripError('PLUGIN_ORDER', parts);
    expect(error.message).toBe(
      '[label-smoothing] must come after mixup. Move it further down. (PLUGIN_ORDER)',
    );
    expect(String(error)).toBe(`CantripError: ${error.message}`);
  });

  it('carries its code and its speaker as fields', () => {
    const error = new CantripError('PLUGIN_ORDER', parts);
    expect([error.code, error.who]).toEqual(['PLUGIN_ORDER', 'label-smoothing']);
  });

  it('keeps the error that caused it, and has no cause otherwise', () => {
    const cause = new Error('the disk is full');
    expect(new CantripError('RUNTIME_INSTALL', { ...parts, cause }).cause).toBe(cause);
    expect('cause' in new CantripError('RUNTIME_INSTALL', parts)).toBe(false);
  });

  it('is recognised when another copy of the package made it', () => {
    class CantripErrorOfAnotherCopy extends Error {
      override readonly name = 'CantripError';
      readonly code = 'PLUGIN_ORDER';
    }
    expect(isCantripError(new CantripErrorOfAnotherCopy())).toBe(true);
    expect(isCantripError(new CantripError('PLUGIN_ORDER', parts))).toBe(true);
  });

  it.each([new Error('other'), { name: 'CantripError', code: 'PLUGIN_ORDER' }, undefined, 'CantripError'])(
    'is not mistaken for %o',
    (value) => {
      expect(isCantripError(value)).toBe(false);
    },
  );
});

describe('the catalogue', () => {
  it.each(Object.entries(catalogue))('explains %s in one sentence', (code, meaning) => {
    expect(code).toMatch(/^[A-Z]+(_[A-Z]+)+$/);
    expect(meaning).toMatch(/^[A-Z][^\n]+\.$/);
  });
});
