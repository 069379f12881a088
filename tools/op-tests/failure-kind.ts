/** Why a test fails on webgpu. */
export type FailureKind =
  | 'reads a value synchronously'
  | 'has no kernel, and says so'
  | 'fails on the GPU, and says so'
  | 'is refused, and says so'
  | 'accepts bad input'
  | 'refuses bad input in other words'
  | 'loses NaN'
  | 'gives another result';

/** Tells a test that cannot run on webgpu from one whose numbers are wrong. */
export function failureKind(message: string): FailureKind {
  if (message.includes('DEVICE_READ_SYNC')) return 'reads a value synchronously';
  if (/Kernel '\w+' not registered/.test(message)) return 'has no kernel, and says so';
  if (message.includes('DEVICE_FAILED')) return 'fails on the GPU, and says so';
  if (message.startsWith('Expected function to throw') && message.includes('but it threw'))
    return 'refuses bad input in other words';
  if (/OPTION_INVALID|INDEX_OUT_OF_RANGE|DTYPE_MISMATCH/.test(message)) return 'is refused, and says so';
  if (message.startsWith('Expected function to throw')) return 'accepts bad input';
  if (/expected\[\d+\] = NaN/.test(message)) return 'loses NaN';
  return 'gives another result';
}
