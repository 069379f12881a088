import type { Fields, Message } from '../records/message.ts';
import type { Histogram } from './histogram.ts';
import type { Picture } from './picture.ts';

/** The values of TensorFlow's summary.proto, each with its tag. */

export const scalarValue =
  (tag: string, value: number): Message =>
  (summary) => {
    summary.text(1, tag);
    summary.float(2, value);
  };

export const histogramValue =
  (tag: string, { min, max, count, sum, squares, limits, counts }: Histogram): Message =>
  (summary) => {
    summary.text(1, tag);
    summary.message(5, (histogram) => {
      for (const [index, one] of [min, max, count, sum, squares].entries()) histogram.double(index + 1, one);
      histogram.doubles(6, limits);
      histogram.doubles(7, counts);
    });
  };

export const imageValue =
  (tag: string, { height, width, channels, png }: Picture): Message =>
  (summary) => {
    summary.text(1, tag);
    summary.message(4, (image) => {
      image.integer(1, height);
      image.integer(2, width);
      image.integer(3, channels);
      image.bytes(4, png);
    });
  };

const textType = 7;

export const textValue =
  (tag: string, text: string): Message =>
  (summary) => {
    summary.text(1, tag);
    // A tensor without axes.
    summary.message(8, (tensor) => {
      tensor.integer(1, textType);
      tensor.message(2, () => undefined);
      tensor.bytes(8, new TextEncoder().encode(text));
    });
    summary.message(9, (metadata) => {
      pluginData(metadata, 'text');
      metadata.integer(4, dataClass.tensor);
    });
  };

const dataClass = { tensor: 2 } as const;

/** Names the part of TensorBoard that shows a value. */
export function pluginData(metadata: Fields, name: string, content?: Uint8Array): void {
  metadata.message(1, (data) => {
    data.text(1, name);
    if (content) data.bytes(2, content);
  });
}
