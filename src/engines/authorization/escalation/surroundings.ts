import type { Cluster } from '../../../kubernetes/cluster.ts';
import { asString } from '../../../kubernetes/json.ts';
import type { KubernetesObject } from '../../../kubernetes/object.ts';
import { groupBy } from './group-by.ts';
import { PodAdmission } from './pod-admission.ts';
import { type Running, runningOf } from './running.ts';

const TOKEN_TYPE = 'kubernetes.io/service-account-token';
const TOKEN_OF = 'kubernetes.io/service-account.name';
/** They are part of every cluster. */
const NAMESPACES = ['default', 'kube-node-lease', 'kube-public', 'kube-system'];

/** A Secret that holds the token of a service account. */
export interface TokenSecret {
  readonly name: string;
  readonly namespace: string;
  readonly account: string;
}

/** What powers act on: service accounts, pods, nodes, Secrets and what guards them. */
export class Surroundings {
  readonly isComplete: boolean;
  readonly namespaces: ReadonlySet<string>;
  /** `namespace/name` of the service accounts that exist. */
  readonly accounts: ReadonlySet<string>;
  /** False where accounts may exist that were not seen. */
  readonly areAccountsSeen: boolean;
  /** False where pods may run that were not seen. */
  readonly arePodsSeen: boolean;
  /** False where Secrets may exist that were not seen. */
  readonly areSecretsSeen: boolean;
  readonly running: readonly Running[];
  readonly nodes: readonly KubernetesObject[];
  readonly tokenSecrets: readonly TokenSecret[];
  readonly admission: PodAdmission;
  readonly hasAwsAuth: boolean;
  readonly #groups: ReadonlySet<string>;
  readonly #byNode: ReadonlyMap<string | undefined, readonly Running[]>;

  /** @param unseen kinds that could not be listed, so that the absence of an object says nothing */
  constructor(cluster: Cluster, unseen: ReadonlySet<string>) {
    const sees = (kind: string) => cluster.isComplete && !unseen.has(kind);
    this.isComplete = cluster.isComplete;
    this.arePodsSeen = sees('Pod');
    this.running = runningOf(cluster, this.arePodsSeen);
    this.#byNode = groupBy(this.running, ({ node }) => node);
    this.nodes = cluster.ofKind('Node').filter(({ group }) => group === '');
    this.areAccountsSeen = sees('ServiceAccount');
    this.areSecretsSeen = sees('Secret');
    this.admission = new PodAdmission(cluster, unseen);
    this.namespaces = new Set([...NAMESPACES, ...cluster.namespaces.map(({ name }) => name)]);
    const accounts = cluster
      .ofKind('ServiceAccount')
      .map((account) => `${account.namespace ?? 'default'}/${account.name}`);
    const run = this.running.flatMap(({ namespace, account }) =>
      account ? [`${namespace}/${account.name}`] : [],
    );
    // A controller creates one in every namespace.
    const defaults = [...this.namespaces].map((namespace) => `${namespace}/default`);
    this.accounts = new Set([...accounts, ...run, ...defaults]);
    this.tokenSecrets = cluster.ofKind('Secret').flatMap((secret) => {
      const account = secret.annotations[TOKEN_OF];
      if (asString(secret.raw['type']) !== TOKEN_TYPE || account === undefined) return [];
      return [{ name: secret.name, namespace: secret.namespace ?? 'default', account }];
    });
    this.hasAwsAuth = cluster
      .ofKind('ConfigMap')
      .some(({ name, namespace }) => name === 'aws-auth' && namespace === 'kube-system');
    this.#groups = new Set(
      cluster.objects.flatMap((object) =>
        object.kind === 'CustomResourceDefinition' ? [asString(object.spec['group']) ?? ''] : [object.group],
      ),
    );
  }

  /** What runs on a node; where no node was seen, what may come to run on any. */
  runningOn(node: string): readonly Running[] {
    return node === '' ? this.running : (this.#byNode.get(node) ?? []);
  }

  /** Whether anything of an API group was seen: its definitions, or objects. */
  hasGroup(group: string): boolean {
    return this.#groups.has(group);
  }
}
