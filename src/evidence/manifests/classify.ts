import { isObject, type Json, type JsonObject } from '../../kubernetes/json.ts';
import { isEmptyKubeconfig } from '../../kubernetes/kubeconfig.ts';

export type DocumentClass =
  | 'object'
  /** An object with an array `items`, which apimachinery reads as a list whatever its kind. */
  | 'list'
  | 'kustomization'
  /** Looks like a Kubernetes object and lacks what says which. */
  | 'missing-kind'
  | 'missing-api-version'
  /** Configuration of a command line tool in Kubernetes' dress, never sent to an API server. */
  | 'tool-configuration'
  | 'other';

/** API groups that only command line tools read. */
const TOOL_GROUPS = new Set([
  'kind.x-k8s.io',
  'k3d.io',
  'skaffold',
  'ctlptl.dev',
  'krew.googlecontainertools.github.com',
]);

/** What a document is, by its `apiVersion` and `kind` as Go's decoder sees them: case-sensitive strings. */
export function classify(value: Json): DocumentClass {
  if (!isObject(value)) return 'other';
  const apiVersion = nonEmptyString(value['apiVersion']);
  const kind = nonEmptyString(value['kind']);
  if (apiVersion !== undefined && kind !== undefined) {
    const slash = apiVersion.indexOf('/');
    const group = slash < 0 ? '' : apiVersion.slice(0, slash);
    if (group === 'kustomize.config.k8s.io') return 'kustomization';
    if (TOOL_GROUPS.has(group) || isEmptyKubeconfig(value)) return 'tool-configuration';
    return Array.isArray(value['items']) ? 'list' : 'object';
  }
  if (apiVersion !== undefined) return isChart(value) ? 'other' : 'missing-kind';
  const described = isObject(value['metadata']);
  if (kind !== undefined && (described || isObject(value['spec']) || Array.isArray(value['items']))) {
    return 'missing-api-version';
  }
  if (described && isObject(value['spec'])) return 'missing-kind';
  return 'other';
}

/** A value that could be or hold a Kubernetes object, judged one level deep. */
export function looksLikeObject(value: Json): boolean {
  const found = classify(value);
  return found !== 'other' && found !== 'tool-configuration';
}

/** Whether a document that is one long text was meant as an object: JSON behind a comment, or `kind:Pod` without blanks. */
export function isManifestText(text: string): boolean {
  return /\bapiVersion\b/.test(text) && /\bkind\b/.test(text);
}

function nonEmptyString(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Chart.yaml: an apiVersion without kind. */
function isChart(value: JsonObject): boolean {
  return (
    typeof value['name'] === 'string' && value['version'] !== undefined && value['metadata'] === undefined
  );
}
