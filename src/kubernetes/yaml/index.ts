export type { ReadLimits } from './limits.ts';
export { locate, type SourceRange } from './locate.ts';
export { type DuplicateKey, type ReadError, readYaml, type YamlDocument } from './read.ts';
