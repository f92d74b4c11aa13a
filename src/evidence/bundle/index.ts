export { BUNDLE_SCHEMA, type BundleIndex, type Part } from './format.ts';
export { isBundle } from './is-bundle.ts';
export { type ReadBundleOptions, readBundle } from './read-bundle.ts';
export { readSigningKey, readVerifyingKey } from './signature.ts';
export { type ByteSink, type WriteOptions, writeBundle } from './write-bundle.ts';
