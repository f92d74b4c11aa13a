import { asArray, asObject, asString, isObject, type JsonObject } from '../kubernetes/json.ts';
import type { NotReadReason } from '../kubernetes/node-facts.ts';
import type { Unread, UnreadReason } from './manifests/index.ts';

const PEM = '-----BEGIN ';

/** Whether a file of a node can hold objects: certificates and the settings of container runtimes cannot. */
export function canHoldObjects(path: string, content: Uint8Array): boolean {
  if (/(?:\.toml|\/crio\.conf)$/.test(path)) return false;
  return Buffer.from(content.subarray(0, PEM.length)).toString('latin1') !== PEM;
}

const REASONS: Readonly<Record<NotReadReason, UnreadReason>> = {
  refused: 'unreadable-file',
  'not-a-file': 'unreadable-file',
  'too-large': 'too-large',
  'not-understood': 'invalid-yaml',
  'too-many': 'unreadable-folder',
};

/** What a `NodeFacts` document says was not read; of other facts nothing. */
export function unreadOnNode(facts: JsonObject): Unread[] {
  if (facts['kind'] !== 'NodeFacts') return [];
  const node = asString(asObject(facts['metadata'])?.['name']) ?? '';
  return (asArray(asObject(facts['spec'])?.['notRead']) ?? []).flatMap((entry) => {
    const path = isObject(entry) ? asString(entry['path']) : undefined;
    if (!isObject(entry) || path === undefined) return [];
    const reason = REASONS[asString(entry['reason']) as NotReadReason] ?? 'unreadable-file';
    const detail = asString(entry['detail']) ?? asString(entry['reason']);
    return [{ file: `${node}:${path}`, reason, ...(detail === undefined ? {} : { detail }) }];
  });
}
