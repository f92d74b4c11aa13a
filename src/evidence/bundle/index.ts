export type { BundleIndex } from './format.ts';
export { type ReadBundleOptions, readBundle } from './read-bundle.ts';
export { readSigningKey, readVerifyingKey } from './signature.ts';
export { type ByteSink, type WriteOptions, writeBundle } from './write-bundle.ts';
