export type {
  ManifestEvidence,
  NotKubernetes,
  Progress,
  ReadLimits,
  Unread,
  UnreadReason,
} from './evidence.ts';
export { type FieldRequest, locateFields } from './locate-fields.ts';
export { type LineOptions, readLines, type TextLine } from './read-lines.ts';
export { type ReadOptions, readManifests } from './read-manifests.ts';
