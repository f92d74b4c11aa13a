import type { Cluster } from './cluster.ts';
import { asArray, asNumber, asObject, asString } from './json.ts';
import { EVIDENCE_API_VERSION } from './object.ts';

/** `spec` of an `AuditFacts` document: what audit logs tell of the use of service accounts. */
export interface AuditFactsSpec {
  /** RFC 3339, UTC: the first and the last request of the logs. */
  readonly from: string;
  readonly to: string;
  /** In how many hours between them, of how many, there was a request at all. */
  readonly hours: { readonly seen: number; readonly all: number };
  /** Those that asked for more than everybody may who logs in. */
  readonly accounts: readonly {
    readonly namespace: string;
    readonly name: string;
    readonly requests: number;
  }[];
}

/** What audit logs say of service accounts. */
export interface AuditFacts {
  readonly from: string;
  readonly to: string;
  readonly hours: number;
  /** @param namespace undefined: whichever it is applied in */
  uses(namespace: string | undefined, account: string): boolean;
}

/** What the audit logs say that were given beside the sources; undefined where there were none. */
export function auditFacts(cluster: Cluster): AuditFacts | undefined {
  return cluster.memo('audit facts', () => {
    const document = cluster
      .ofKind('AuditFacts')
      .find(({ apiVersion }) => apiVersion === EVIDENCE_API_VERSION);
    if (document === undefined) return undefined;
    const { spec } = document;
    const used = new Set(
      (asArray(spec['accounts']) ?? []).flatMap((entry) => {
        const account = asObject(entry);
        const name = asString(account?.['name']);
        return [`${asString(account?.['namespace'])}/${name}`, `/${name}`];
      }),
    );
    return {
      from: asString(spec['from']) ?? '',
      to: asString(spec['to']) ?? '',
      hours: asNumber(asObject(spec['hours'])?.['seen']) ?? 0,
      uses: (namespace, account) => used.has(`${namespace ?? ''}/${account}`),
    };
  });
}
