export { type ImageDataset, imageFolder, type SkippedImage } from './image-folder.ts';
export type { ImageFolderOptions } from './image-options.ts';
export { listImages, type ListedImages } from './list-images.ts';
