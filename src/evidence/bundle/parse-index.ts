import { KubeStrideError } from '../../kubernetes/errors.ts';
import type { Gap } from '../../kubernetes/gaps.ts';
import { isObject, type Json, type JsonObject } from '../../kubernetes/json.ts';
import type { ResourceList, SnapshotSource } from '../snapshot.ts';
import { type Damage, damaged } from './damage.ts';
import {
  BUNDLE_LIMITS,
  BUNDLE_SCHEMA,
  type BundleIndex,
  INDEX_NAME,
  type Part,
  type SignatureStatement,
} from './format.ts';
import { nestsAtMost } from './nesting.ts';
import { isPartName } from './part-name.ts';

const SCHEMA_NAME = BUNDLE_SCHEMA.slice(0, BUNDLE_SCHEMA.lastIndexOf('/') + 1);
const MAX_INDEX_DEPTH = 8;

/**
 * The index as it may be trusted to have its form; fields that this version does not know are passed over.
 * @throws KubeStrideError `bundle-version`, `bundle-damaged`
 */
export function parseIndex(bytes: Buffer, path: string): BundleIndex {
  const refuse = (problem: Damage): never => {
    throw damaged(path, INDEX_NAME, problem);
  };
  const value = parsed(bytes) ?? refuse('content');
  const { schema } = value;
  if (typeof schema === 'string' && schema !== BUNDLE_SCHEMA && schema.startsWith(SCHEMA_NAME)) {
    throw new KubeStrideError('bundle-version', { path, schema });
  }
  const index = schema === BUNDLE_SCHEMA ? asIndex(value) : undefined;
  if (index === undefined) return refuse('content');
  if (!isWithinLimits(index.parts)) refuse('too-large');
  return index;
}

function parsed(bytes: Buffer): JsonObject | undefined {
  const text = bytes.toString('utf8');
  if (!nestsAtMost(text, MAX_INDEX_DEPTH)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function asIndex(value: JsonObject): BundleIndex | undefined {
  const { tool, sources, signature, gaps, parts } = value;
  if (!isObject(tool) || !isText(tool['name']) || !isText(tool['version'])) return undefined;
  if (!isListOf(sources, isSource) || !isListOf(parts, isPart)) return undefined;
  if (!isListOf(gaps, (gap) => isGap(gap))) return undefined;
  if (signature !== undefined && !isSignature(signature)) return undefined;
  const counted = [...parts, ...gaps].every((entry) => entry.source < sources.length);
  const names = parts.map(({ name }) => name);
  const sorted = names.every((name, index) => index === 0 || names[index - 1]! < name);
  return counted && sorted ? (value as unknown as BundleIndex) : undefined;
}

function isSource(value: Json): value is JsonObject & SnapshotSource {
  if (!isObject(value)) return false;
  const { kind, context, server, namespace, collectedAt } = value;
  const optional = [context, server, namespace].every((text) => text === undefined || isText(text));
  return (kind === 'cluster' || kind === 'node') && isText(collectedAt) && optional;
}

function isGap(value: Json): value is JsonObject & Gap & { source: number } {
  if (!isObject(value)) return false;
  const { source, group, resource, kind, namespace, reason, detail } = value;
  const optional = [namespace, detail].every((text) => text === undefined || isText(text));
  return isCount(source) && [group, resource, kind, reason].every(isText) && optional;
}

function isSignature(value: Json): value is JsonObject & SignatureStatement {
  return isObject(value) && isText(value['algorithm']) && isText(value['keyId']);
}

function isPart(value: Json): value is JsonObject & Part {
  if (!isObject(value)) return false;
  const { name, source, bytes, sha256, kind } = value;
  if (!isText(name) || !isPartName(name) || !isCount(source) || !isCount(bytes)) return false;
  if (!isText(sha256) || !/^[0-9a-f]{64}$/.test(sha256)) return false;
  switch (kind) {
    case 'objects':
      return (
        isList(value['list']) &&
        isCount(value['objects']) &&
        isCount(value['uncompressedBytes']) &&
        (value['resourceVersion'] === undefined || isText(value['resourceVersion']))
      );
    case 'facts':
      return isCount(value['uncompressedBytes']);
    case 'file':
      return isText(value['node']) && isText(value['path']);
    default:
      return false;
  }
}

function isList(value: Json | undefined): value is JsonObject & ResourceList {
  if (!isObject(value)) return false;
  const { group, version, resource, kind, namespaced } = value;
  return [group, version, resource, kind].every(isText) && typeof namespaced === 'boolean';
}

function isText(value: Json | undefined): value is string {
  return typeof value === 'string';
}

function isCount(value: Json | undefined): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isListOf<T extends Json>(value: Json | undefined, is: (item: Json) => item is T): value is T[] {
  return Array.isArray(value) && value.every(is);
}

/** What the parts would take, as the index states it; reading them holds them to it. */
function isWithinLimits(parts: readonly Part[]): boolean {
  const { unpackedBytes, ratio, factsBytes, fileBytes } = BUNDLE_LIMITS;
  let packed = 0;
  let unpacked = 0;
  for (const part of parts) {
    const size = part.kind === 'file' ? part.bytes : part.uncompressedBytes;
    if (part.kind === 'file' && size > fileBytes) return false;
    if (part.kind === 'facts' && size > factsBytes) return false;
    packed += part.bytes;
    unpacked += size;
  }
  return unpacked <= Math.max(unpackedBytes, packed * ratio);
}
