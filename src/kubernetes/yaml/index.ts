export { defaultReadLimits, type ReadLimits } from './limits.ts';
export { type DuplicateKey, type ReadError, readYaml, type YamlDocument } from './read.ts';
