import { encode, type Fields, type Message } from '../records/message.ts';
import { pluginData } from './summary-value.ts';

/** The settings of a run, for TensorBoard's table of hyperparameters. */
export type Hyperparameters = Readonly<Record<string, string | number | boolean>>;

/** How a run ended. The numbers are those of TensorBoard's hparams/api.proto. */
export const sessionStatus = { finished: 1, failed: 2 } as const;

/** The beginning of a run with these settings. */
export const sessionStart = (settings: Hyperparameters): Message =>
  hparamsValue('session_start_info', (data) =>
    data.message(3, (start) => {
      for (const [name, value] of Object.entries(settings))
        start.message(1, (entry) => {
          entry.text(1, name);
          entry.message(2, (any) => settingValue(any, value));
        });
      start.double(5, Date.now() / 1000);
    }),
  );

/** The end of a run. */
export const sessionEnd = (status: keyof typeof sessionStatus): Message =>
  hparamsValue('session_end_info', (data) =>
    data.message(4, (end) => {
      end.integer(1, sessionStatus[status]);
      end.double(2, Date.now() / 1000);
    }),
  );

/** A google.protobuf.Value. */
function settingValue(any: Fields, value: string | number | boolean): void {
  if (typeof value === 'number') any.double(2, value);
  else if (typeof value === 'string') any.text(3, value);
  else any.boolean(4, value);
}

const floatType = 1;

/** The content is in the metadata. The tensor means nothing, but a value must have one. */
const hparamsValue =
  (tag: string, content: Message): Message =>
  (summary) => {
    summary.text(1, `_hparams_/${tag}`);
    summary.message(8, (tensor) => {
      tensor.integer(1, floatType);
      tensor.message(2, () => undefined);
      tensor.float(5, 0);
    });
    summary.message(9, (metadata) => pluginData(metadata, 'hparams', encode(content)));
  };
