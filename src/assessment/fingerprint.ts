import type { KubernetesObject } from '../kubernetes/object.ts';
import type { Params } from '../threats/define-check.ts';
import { namedSteps } from './named-path.ts';
import type { Finding } from './report.ts';
import { Sha256 } from './sha256.ts';

/**
 * 128 bits of SHA-256: a million findings collide by chance with probability 2^-89. It is a cryptographic hash although
 * nothing is signed, because baselines and exceptions match by fingerprint: with a plain hash, the author of a manifest
 * could choose names so that a new finding passes for one that is already accepted.
 */
const BITS = 128;

/**
 * Parameters that say what was seen rather than what it was seen at, so that a new value of the same wrong field is
 * the same finding. Numbers (counts, sizes, ports in a text) are left out for the same reason.
 */
const SEEN: ReadonlySet<string> = new Set([
  'actual',
  'count',
  'detail',
  'found',
  'seen',
  'tag',
  'value',
  'version',
]);

/** What a finding is, apart from where its text stands: no file, line, API version or list index. */
export function identity(finding: Finding): string {
  const { object } = finding;
  return join([
    finding.check.id,
    ...placeOf(finding),
    stablePath(object, finding.path),
    finding.message,
    ...identifyingParams(finding.params),
  ]);
}

/**
 * What is spoken of. A pod beside its owner goes by the owner's name: its own is random, and another pod that differs in the same
 * way stands for the same difference.
 */
export function placeOf({ object, beside }: Pick<Finding, 'object' | 'beside'>): string[] {
  const { group, kind, namespace, name } = beside ?? object;
  const place = [group, kind, namespace ?? '', name];
  return beside === undefined ? place : [...place, 'pod'];
}

/**
 * Gives each finding of a report its fingerprint; ask in the report's order (`sortFindings`), because findings that
 * cannot be told apart are numbered by it.
 */
export class Fingerprinter {
  readonly #sha = new Sha256();
  readonly #seen = new Map<string, number>();

  /** 32 hexadecimal digits, different for every finding of the report. */
  next(finding: Finding): string {
    const key = identity(finding);
    const first = this.#sha.hex(key, BITS);
    const earlier = this.#seen.get(first) ?? 0;
    this.#seen.set(first, earlier + 1);
    return earlier === 0 ? first : this.#sha.hex(join([key, `#${earlier}`]), BITS);
  }
}

/** The path with the items of lists named (`containers[name=app]`), unnamed ones without their index. */
function stablePath(object: KubernetesObject, path: string): string {
  if (!path.includes('[')) return path;
  const steps = namedSteps(object, path);
  if (steps === undefined) return path;
  return join(
    steps.map(({ step, item }) => {
      if (typeof step === 'string') return `.${step}`;
      return item === undefined ? '[]' : `[${item.key}=${item.value}]`;
    }),
  );
}

function identifyingParams(params: Params): string[] {
  const parts: string[] = [];
  for (const name of Object.keys(params).sort()) {
    const value = params[name];
    if (typeof value !== 'string' || SEEN.has(name)) continue;
    parts.push(name, name === 'image' ? repository(value) : value);
  }
  return parts;
}

/** An image reference without tag and digest, so that a release does not make a new finding of an old one. */
function repository(image: string): string {
  const digest = image.indexOf('@');
  const named = digest < 0 ? image : image.slice(0, digest);
  const colon = named.indexOf(':', named.lastIndexOf('/') + 1);
  return colon < 0 ? named : named.slice(0, colon);
}

/** Length-prefixed, so that no choice of names makes two lists of parts read alike. */
function join(parts: readonly string[]): string {
  let joined = '';
  for (const part of parts) joined += `${part.length}:${part}`;
  return joined;
}
