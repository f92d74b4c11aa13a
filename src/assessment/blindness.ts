import { type Gap, resourceName } from '../kubernetes/gaps.ts';
import { WORKLOAD_KINDS } from '../kubernetes/pod-templates.ts';
import { ALL, type Read, WORKLOADS } from '../kubernetes/reads.ts';
import { isClusterScopedKind } from '../kubernetes/scope.ts';

/** What a source could not show, asked by what a judgement looked at. */
export class Blindness {
  readonly #gaps: ReadonlyMap<string, readonly Gap[]>;
  readonly #onlyNamespace: string | undefined;
  readonly isNothing: boolean;
  readonly #known = new Map<Read, string | undefined>();

  /** @param onlyNamespace the one namespace that the source was asked for */
  constructor(gaps: readonly Gap[], onlyNamespace?: string) {
    const byKind = new Map<string, Gap[]>();
    const add = (kind: string, gap: Gap) => byKind.set(kind, [...(byKind.get(kind) ?? []), gap]);
    for (const gap of gaps) {
      add(gap.kind, gap);
      add(ALL, gap);
      if (WORKLOAD_KINDS.has(gap.kind)) add(WORKLOADS, gap);
    }
    this.#gaps = byKind;
    this.#onlyNamespace = onlyNamespace;
    this.isNothing = gaps.length === 0 && onlyNamespace === undefined;
  }

  /** The lists that would have had to be seen, such as `networkpolicies.networking.k8s.io (forbidden)`; empty where all was seen. */
  hidden(reads: Iterable<Read>): string[] {
    const names = new Set<string>();
    for (const read of reads) {
      if (!this.#known.has(read)) this.#known.set(read, this.#of(read));
      const name = this.#known.get(read);
      if (name !== undefined) names.add(name);
    }
    return [...names].sort();
  }

  /** Whether there may be subjects of these kinds, among those that the user asked for, that nobody saw. */
  hidesAnyOf(kinds: readonly string[]): boolean {
    return kinds.some((kind) => (this.#gaps.get(kind) ?? []).length > 0);
  }

  #of({ kind, namespace }: Read): string | undefined {
    const gap = this.#gaps
      .get(kind)
      ?.find((each) => namespace === ALL || each.namespace === undefined || each.namespace === namespace);
    if (gap !== undefined) return `${resourceName(gap)} (${gap.reason})`;
    if (this.#onlyNamespace === undefined || namespace === this.#onlyNamespace) return undefined;
    return isClusterScopedKind(kind) ? undefined : `${kind} (not-asked)`;
  }
}
