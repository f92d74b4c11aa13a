export {
  DEFAULT_LIMITS,
  type ManifestEvidence,
  type NotKubernetes,
  type Progress,
  type ReadLimits,
  type Unread,
  type UnreadReason,
} from './evidence.ts';
export { type FieldRequest, locateFields } from './locate-fields.ts';
export { type LineOptions, readLines, type TextLine } from './read-lines.ts';
export { type ReadOptions, readManifests } from './read-manifests.ts';
