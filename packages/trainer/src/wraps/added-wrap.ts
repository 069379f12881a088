import type { LayerWrap } from '../contract/layer-calls.ts';
import type { AnyPlugin } from '../contract/plugin.ts';

/** A wrap of a layer's call, and the plugin that added it. */
export interface AddedWrap {
  readonly plugin: AnyPlugin;
  readonly wrap: LayerWrap;
  /** The plugin's place in the list. */
  readonly order: number;
}
