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

/**
 * Of what a log shows anybody's requests at all: reads and writes of each resource and of paths, and which verbs. Each verb of each
 * resource would be too much to ask: then a log would call nothing unused that nobody ever does.
 */
export class LogView {
  readonly #types = new Set<string>();
  /** Of resources and of paths, each of which have verbs of their own. */
  readonly #verbs = { resource: new Set<string>(), path: new Set<string>() };
  readonly #paths = new Map<string, Set<string>>([
    ['read', new Set()],
    ['write', new Set()],
  ]);

  constructor(uses: readonly Use[]) {
    for (const { action } of uses) {
      const access = accessOf(action.verb);
      this.#verbs[action.isResourceRequest ? 'resource' : 'path'].add(action.verb);
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
    return (
      this.#accesses(verbs, 'resource').some((access) =>
        apiGroups.some((group) => resources.some((type) => this.#types.has(`${access} ${group}/${type}`))),
      ) ||
      this.#accesses(verbs, 'path').some((access) =>
        nonResourceURLs.some((url) => this.#showsPath(access, url)),
      )
    );
  }

  /** What the verbs do, as far as the log shows them. */
  #accesses(verbs: readonly string[], of: 'resource' | 'path'): string[] {
    const seen = this.#verbs[of];
    const shown = verbs.flatMap((verb) => (verb === '*' ? [...seen] : seen.has(verb) ? [verb] : []));
    return [...new Set(shown.filter((verb) => !NEVER_LOGGED.has(verb)).map(accessOf))];
  }

  #showsPath(access: string, url: string): boolean {
    const paths = this.#paths.get(access)!;
    if (!url.endsWith('*')) return paths.has(url);
    const prefix = urlPrefix(url);
    return [...paths].some((path) => path.startsWith(prefix));
  }
}
