import { isObject, type Json, type JsonObject } from '../../../kubernetes/json.ts';
import { decodeDocument } from '../../../kubernetes/yaml/document.ts';
import { YamlError } from '../../../kubernetes/yaml/error.ts';
import { defaultReadLimits } from '../../../kubernetes/yaml/limits.ts';

/** One line of a policy file, as the API server takes it (k8s.io/kubernetes pkg/apis/abac); empty texts match nothing. */
export interface AbacPolicy {
  readonly user: string;
  readonly group: string;
  /** Matches only get, list and watch. */
  readonly readonly: boolean;
  readonly apiGroup: string;
  readonly resource: string;
  readonly namespace: string;
  readonly nonResourcePath: string;
  /** From 1. */
  readonly line: number;
}

/** A line because of which the API server does not start. */
export interface AbacProblem {
  readonly line: number;
  readonly message: string;
}

export interface AbacFile {
  readonly policies: readonly AbacPolicy[];
  readonly problems: readonly AbacProblem[];
}

const GROUP = 'abac.authorization.kubernetes.io';
const AUTHENTICATED = 'system:authenticated';
/** bufio.MaxScanTokenSize, which has to hold the end of the line too. */
const LONGEST_LINE = 64 * 1024 - 1;

class Refused {
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

/**
 * Reads a file of --authorization-policy-file: a policy a line, empty lines and lines that start with `#` left out
 * (k8s.io/kubernetes pkg/auth/authorizer/abac, NewFromFile).
 */
export function readAbacFile(text: string): AbacFile {
  const policies: AbacPolicy[] = [];
  const problems: AbacProblem[] = [];
  const encoder = new TextEncoder();
  for (const [index, whole] of text.split('\n').entries()) {
    const line = index + 1;
    const bytes = encoder.encode(whole);
    const isLeftOut = whole.trim() === '' || whole.trim().startsWith('#');
    try {
      if (bytes.length > LONGEST_LINE) throw new Refused('bufio.Scanner: token too long');
      if (isLeftOut) continue;
      policies.push({ ...policyOf(parseLine(whole, bytes)), line });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      problems.push({ line, message: error.message });
    }
  }
  return { policies, problems };
}

/** What begins as JSON has to be JSON; anything else is read as YAML. */
function parseLine(text: string, bytes: Uint8Array): Json {
  if (text.trimStart().startsWith('{')) {
    try {
      return JSON.parse(text) as Json;
    } catch (error) {
      throw new Refused((error as Error).message);
    }
  }
  try {
    return decodeDocument(bytes, 0, bytes.length, defaultReadLimits).value ?? null;
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    throw new Refused(error.message);
  }
}

function policyOf(json: Json): Omit<AbacPolicy, 'line'> {
  // YAML's null is an object without fields.
  const object = json ?? {};
  if (!isObject(object)) throw new Refused("couldn't get version/kind; json parse error");
  const [group, version] = groupVersion(text(object, 'apiVersion'));
  const kind = text(object, 'kind');
  if (group === GROUP && version === 'v1beta1' && kind === 'Policy') return convert(object);
  // Whatever names no kind or no version is taken for the oldest one, as long as nothing that it names says otherwise.
  const isOldest =
    (kind === '' || kind === 'Policy') &&
    (version === '' ? group === '' || group === GROUP : group === GROUP && version === 'v0');
  if (!isOldest)
    throw new Refused(`no kind "${kind}" is registered for version "${text(object, 'apiVersion')}"`);
  return convertOldest(object);
}

/** schema.ParseGroupVersion. */
function groupVersion(apiVersion: string): readonly [group: string, version: string] {
  const parts = apiVersion.split('/');
  if (parts.length > 2) throw new Refused(`unexpected GroupVersion string: ${apiVersion}`);
  return parts.length === 2 ? [parts[0]!, parts[1]!] : ['', apiVersion];
}

/** pkg/apis/abac/v1beta1/conversion.go. */
function convert(object: JsonObject): Omit<AbacPolicy, 'line'> {
  const spec = object['spec'] ?? {};
  if (!isObject(spec)) throw new Refused('spec is no object');
  const isEveryone = text(spec, 'user') === '*' || text(spec, 'group') === '*';
  return {
    user: isEveryone ? '' : text(spec, 'user'),
    group: isEveryone ? AUTHENTICATED : text(spec, 'group'),
    readonly: flag(spec, 'readonly'),
    apiGroup: text(spec, 'apiGroup'),
    resource: text(spec, 'resource'),
    namespace: text(spec, 'namespace'),
    nonResourcePath: text(spec, 'nonResourcePath'),
  };
}

/** pkg/apis/abac/v0/conversion.go: what is left out means all of it. */
function convertOldest(object: JsonObject): Omit<AbacPolicy, 'line'> {
  const [user, group] = [text(object, 'user'), text(object, 'group')];
  const isEveryone = (user === '' && group === '') || user === '*' || group === '*';
  const [namespace, resource] = [text(object, 'namespace'), text(object, 'resource')];
  return {
    user: isEveryone ? '' : user,
    group: isEveryone ? AUTHENTICATED : group,
    readonly: flag(object, 'readonly'),
    apiGroup: '*',
    resource: resource || '*',
    namespace: namespace || '*',
    nonResourcePath: namespace === '' && resource === '' ? '*' : '',
  };
}

function text(object: JsonObject, field: string): string {
  const value = Object.hasOwn(object, field) ? object[field] : undefined;
  if (value === undefined || value === null) return '';
  if (typeof value !== 'string') throw new Refused(`${field} is no string`);
  return value;
}

function flag(object: JsonObject, field: string): boolean {
  const value = Object.hasOwn(object, field) ? object[field] : undefined;
  if (value === undefined || value === null) return false;
  if (typeof value !== 'boolean') throw new Refused(`${field} is no boolean`);
  return value;
}
