import { urlPrefix } from '../../../kubernetes/policy-rules.ts';
import type { RuleParts } from './rule-parts.ts';
import { typeOf, type Use } from './usage-log.ts';

/** Verbs of which the API server asks beside the request itself. */
export const NEVER_LOGGED: ReadonlySet<string> = new Set([
  'approve',
  'attest',
  'bind',
  'escalate',
  'sign',
  'use',
]);

const READS: ReadonlySet<string> = new Set(['get', 'list', 'watch']);

function accessOf(verb: string): 'read' | 'write' {
  return READS.has(verb) ? 'read' : 'write';
}

/** Of what a log shows anybody's requests at all: reads and writes of each resource, and paths. */
export class LogView {
  readonly #types = new Set<string>();
  readonly #paths = new Map<string, Set<string>>([
    ['read', new Set()],
    ['write', new Set()],
  ]);

  constructor(uses: readonly Use[]) {
    for (const { action } of uses) {
      const access = accessOf(action.verb);
      if (!action.isResourceRequest) {
        this.#paths.get(access)!.add(action.path);
        continue;
      }
      const wild = action.subresource === '' ? '*' : `*/${action.subresource}`;
      for (const group of [action.apiGroup, '*']) {
        for (const type of [typeOf(action), wild, '*']) this.#types.add(`${access} ${group}/${type}`);
      }
    }
  }

  /** Whether it would show some use of the rule, going by what it shows of others. */
  shows({ verbs, apiGroups, resources, nonResourceURLs }: RuleParts): boolean {
    const accesses = new Set(
      verbs.flatMap((verb) =>
        verb === '*' ? ['read', 'write'] : NEVER_LOGGED.has(verb) ? [] : [accessOf(verb)],
      ),
    );
    return [...accesses].some(
      (access) =>
        apiGroups.some((group) => resources.some((type) => this.#types.has(`${access} ${group}/${type}`))) ||
        nonResourceURLs.some((url) => this.#showsPath(access, url)),
    );
  }

  #showsPath(access: string, url: string): boolean {
    const paths = this.#paths.get(access)!;
    if (!url.endsWith('*')) return paths.has(url);
    const prefix = urlPrefix(url);
    return [...paths].some((path) => path.startsWith(prefix));
  }
}
