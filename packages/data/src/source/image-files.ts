/** Images that are decoded when a batch needs them. It is plain data, so it can be sent to a worker thread. */
export interface ImageFiles {
  readonly folder: string;
  /** The files, relative to the folder, with slashes. */
  readonly names: readonly string[];
  readonly form: ImageForm;
  /** The decoded images, and which of them are there already. The memory is shared with the worker thread. */
  readonly cache?: { readonly values: Uint8Array; readonly ready: Uint8Array };
  /** A text that says which files these are. */
  readonly signature: string;
}

/** What each image is made to. */
export interface ImageForm {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  /** How an image of another size is made to fit; undefined if that is refused. */
  readonly fit: 'fill' | 'cover' | 'contain' | undefined;
  /** The color under transparent pixels; undefined to ignore transparency. */
  readonly background: readonly [number, number, number] | undefined;
}
