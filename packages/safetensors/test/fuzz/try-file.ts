import { isCantripError } from '@cantrip/errors';
import {
  readSafetensors,
  type SafetensorsContent,
  type SafetensorsDtype,
  type SafeTensor,
} from '@cantrip/safetensors';
import { contentDigest, refusedDigest } from './content-digest.ts';

/** What came of one file. */
export interface Outcome {
  /** Of its content, or `refusedDigest`. */
  readonly digest: string;
  /** Our error, where it is refused. */
  readonly message: string;
  /** Milliseconds of processor time. */
  readonly milliseconds: number;
  /** Bytes of buffers that were allocated and not yet freed. */
  readonly buffers: number;
  /** What must not be: an error of another kind, or a content that is not that of the file. */
  readonly fault?: string;
}

/** Reads a file, and checks that it ends in its content or in an error of the reader. */
export function tryFile(file: Uint8Array): Outcome {
  const began = process.cpuUsage();
  const before = process.memoryUsage().arrayBuffers;
  let content: SafetensorsContent | undefined;
  let error: unknown;
  try {
    content = readSafetensors(file);
  } catch (thrown) {
    error = thrown;
  }
  const { user, system } = process.cpuUsage(began);
  const spent = {
    milliseconds: (user + system) / 1000,
    buffers: process.memoryUsage().arrayBuffers - before,
  };
  if (content) {
    const digest = contentDigest(content);
    const wanted = contentDigest(plainContent(file));
    return {
      digest,
      message: '',
      ...spent,
      ...(digest === wanted ? {} : { fault: 'it was read as something else' }),
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  const isOurs =
    isCantripError(error) && error.code === 'SAFETENSORS_INVALID' && error.who === 'readSafetensors';
  return {
    digest: refusedDigest,
    message,
    ...spent,
    ...(isOurs ? {} : { fault: `a raw error: ${message}` }),
  };
}

/** What an accepted file holds by the words of the format, in the plainest way: JSON.parse, and slices. */
function plainContent(file: Uint8Array): SafetensorsContent {
  const buffer = Buffer.from(file);
  const begin = 8 + Number(buffer.readBigUInt64LE());
  const { __metadata__: metadata = {}, ...header } = JSON.parse(buffer.toString('utf8', 8, begin)) as Record<
    string,
    unknown
  >;
  const tensors = Object.entries(header).map(([name, entry]) => {
    const {
      dtype,
      shape,
      data_offsets: offsets,
    } = entry as {
      readonly dtype: SafetensorsDtype;
      readonly shape: readonly number[];
      readonly data_offsets: readonly [number, number];
    };
    const bytes = file.slice(begin + offsets[0], begin + offsets[1]);
    return [name, { dtype, shape, bytes }] as [string, SafeTensor];
  });
  return { tensors: new Map(tensors), metadata: new Map(Object.entries(metadata as Record<string, string>)) };
}
