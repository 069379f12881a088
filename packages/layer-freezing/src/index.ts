export {
  frozenLayers,
  type FrozenLayersOptions,
  frozenShare,
  type FrozenShareOptions,
} from './frozen-layers.ts';
export { layerFreezing, type LayerFreezingLocals, type LayerFreezingOptions } from './layer-freezing.ts';
