import { Binding, Role, readBindings } from './access.ts';
import { authorizationSetups } from './authorization-setup.ts';
import { ClusterFacts } from './cluster-facts.ts';
import { Component } from './component.ts';
import { asObject, asString, type JsonObject } from './json.ts';
import { kubeconfigs } from './kubeconfig.ts';
import { Namespace } from './namespace.ts';
import { CLUSTER_POLICY_KINDS, NetworkPolicy, POLICY_KINDS } from './network-policies.ts';
import { nodeSubjects } from './node-evidence.ts';
import { isNodeFacts } from './node-facts.ts';
import { EVIDENCE_API_VERSION, type KubernetesObject } from './object.ts';
import { ownedPods } from './owned-pods.ts';
import { ALL, type Read, ReadLog, WORKLOADS } from './reads.ts';
import { isBuiltInClusterScoped } from './scope.ts';
import { SelectorIndex } from './selector-index.ts';
import { compileLabelSelector, type LabelMatcher } from './selectors.ts';
import { ServiceAccount } from './service-account.ts';
import { type PlainSubject, SUBJECT_KINDS, type SubjectName, type Subjects } from './subjects.ts';
import { type Webhook, webhooks } from './webhook.ts';
import { type Container, Workload } from './workload.ts';

export interface ClusterOptions {
  readonly isComplete?: boolean;
  readonly now?: Date;
  /** Shared between the states of one cluster, so that their reads can be compared. */
  readonly reads?: ReadLog;
  /** `Workload.of`, or a memory of its answers. */
  readonly workloadsOf?: (object: KubernetesObject) => readonly Workload[];
}

/** Everything that was seen, indexed: what a check asks of the rest of the cluster while it judges one subject. */
export class Cluster {
  /** All objects of the API, without KubeStride's own documents about them. */
  readonly objects: readonly KubernetesObject[];
  /**
   * True where the sources are a cluster and not manifests, in which the absence of an object proves little: it may be applied
   * from elsewhere. What of a cluster could not be seen is the assessment's business, which looks at `reads`.
   */
  readonly isComplete: boolean;
  /** The time of the assessment; undefined where it must not matter. */
  readonly now: Date | undefined;
  readonly path = '';
  /** What judgements ask of the cluster. */
  readonly reads: ReadLog;

  readonly #workloads: readonly Workload[];
  /** Pods that are judged beside their owner because they differ from its template, with that owner. */
  readonly owners: ReadonlyMap<KubernetesObject, KubernetesObject>;
  readonly #roles: readonly Role[];
  readonly #bindings: readonly Binding[];
  readonly #byKind = new Map<string, KubernetesObject[]>();
  readonly #namespaces = new Map<string, Namespace>();
  readonly #serviceAccounts = new Map<string, ServiceAccount>();
  readonly #policies = new Map<string, NetworkPolicy[]>();
  readonly #clusterPolicies: NetworkPolicy[] = [];
  readonly #clusterScopedCustom = new Set<string>();
  readonly #bindingsBySubject = new Map<string, Binding[]>();
  readonly #subjects = new Map<SubjectName, readonly Subjects[SubjectName][]>();
  readonly #memo = new Map<string, { readonly result: unknown; readonly reads: ReadonlySet<Read> }>();

  constructor(all: readonly KubernetesObject[], options: ClusterOptions = {}) {
    const objects = all.some(isEvidence) ? all.filter((object) => !isEvidence(object)) : all;
    this.objects = objects;
    this.isComplete = options.isComplete ?? false;
    this.now = options.now;
    this.reads = options.reads ?? new ReadLog();
    for (const object of all) {
      append(this.#byKind, object.kind, object);
      if (object.kind === 'CustomResourceDefinition' && object.spec['scope'] === 'Cluster') {
        const kind = asString(asObject(object.spec['names'])?.['kind']);
        this.#clusterScopedCustom.add(`${asString(object.spec['group'])}/${kind}`);
      }
    }
    const workloadsOf = options.workloadsOf ?? Workload.of;
    const stated = objects.flatMap((object) => workloadsOf(object));
    const owned = this.isComplete ? ownedPods(stated) : undefined;
    this.#workloads = owned?.subjects ?? stated;
    this.owners = owned?.owners ?? NO_OWNERS;
    this.#roles = this.ofKind('Role', 'ClusterRole').map((object) => new Role(object));
    this.#bindings = this.ofKind('RoleBinding', 'ClusterRoleBinding').map(
      (object) => new Binding(object, this.reads),
    );
    this.#indexNamespaces();
    this.#indexAccess();
    for (const object of objects) {
      const policy = NetworkPolicy.of(object);
      if (policy === undefined) continue;
      if (policy.isClusterWide) this.#clusterPolicies.push(policy);
      else append(this.#policies, policy.namespace, policy);
    }
  }

  /** The object that a finding about the whole source points at: of a cluster, the namespace of its own components. */
  get object(): KubernetesObject {
    const own = this.isComplete ? this.#namespaces.get('kube-system')?.object : undefined;
    return own ?? this.objects[0]!;
  }

  get workloads(): readonly Workload[] {
    this.reads.read(WORKLOADS, ALL);
    return this.#workloads;
  }

  get roles(): readonly Role[] {
    this.reads.read('Role', ALL);
    this.reads.read('ClusterRole', ALL);
    return this.#roles;
  }

  get bindings(): readonly Binding[] {
    readBindings(this.reads);
    return this.#bindings;
  }

  /** All objects of the given kinds, in the order in which they were read. */
  ofKind(...kinds: string[]): readonly KubernetesObject[] {
    for (const kind of kinds) this.reads.read(kind, ALL);
    return kinds.length === 1
      ? (this.#byKind.get(kinds[0]!) ?? [])
      : kinds.flatMap((kind) => this.#byKind.get(kind) ?? []);
  }

  isClusterScoped(object: KubernetesObject): boolean {
    this.reads.read('CustomResourceDefinition', ALL);
    return isBuiltInClusterScoped(object) || this.#clusterScopedCustom.has(`${object.group}/${object.kind}`);
  }

  get namespaces(): readonly Namespace[] {
    this.reads.read('Namespace', ALL);
    return [...this.#namespaces.values()];
  }

  namespace(name: string): Namespace | undefined {
    this.reads.read('Namespace', name);
    return this.#namespaces.get(name);
  }

  serviceAccount(namespace: string, name: string): ServiceAccount | undefined {
    this.reads.read('ServiceAccount', namespace);
    return this.#serviceAccounts.get(`${namespace}/${name}`);
  }

  serviceAccountOf(workload: Workload): ServiceAccount | undefined {
    return this.serviceAccount(workload.namespace, workload.serviceAccountName);
  }

  /** The bindings that name this service account itself; those of groups it belongs to are left out. */
  bindingsOfServiceAccount(namespace: string, name: string): readonly Binding[] {
    readBindings(this.reads);
    return this.#bindingsBySubject.get(`ServiceAccount/${namespace}/${name}`) ?? [];
  }

  /** The bindings that name a user or a group. */
  bindingsOf(kind: 'User' | 'Group', name: string): readonly Binding[] {
    readBindings(this.reads);
    return this.#bindingsBySubject.get(`${kind}//${name}`) ?? [];
  }

  /** The network policies that may select the workload: those of its namespace and the cluster-wide ones. */
  networkPoliciesAround(workload: Workload): readonly NetworkPolicy[] {
    for (const kind of POLICY_KINDS) this.reads.read(kind, workload.namespace);
    for (const kind of CLUSTER_POLICY_KINDS) this.reads.read(kind, ALL);
    const own = this.#policyIndexes().get(workload.namespace)?.around(workload.podLabels) ?? NO_POLICIES;
    return this.#clusterPolicies.length === 0 ? own : [...own, ...this.#clusterPolicies];
  }

  /** Services whose selector matches the workload's pods. */
  servicesOf(workload: Workload): readonly KubernetesObject[] {
    return this.#selecting('Service', workload, (service) => {
      const selector = asObject(service.spec['selector']);
      return selector === undefined || Object.keys(selector).length === 0
        ? undefined
        : { matchLabels: selector };
    });
  }

  /** PodDisruptionBudgets whose selector matches the workload's pods. */
  disruptionBudgetsOf(workload: Workload): readonly KubernetesObject[] {
    return this.#selecting('PodDisruptionBudget', workload, (budget) => {
      const selector = asObject(budget.spec['selector']);
      // policy/v1beta1 took the empty selector for none.
      const isEmpty = selector !== undefined && Object.keys(selector).length === 0;
      return isEmpty && budget.apiVersion === 'policy/v1beta1' ? undefined : selector;
    });
  }

  /** HorizontalPodAutoscalers (and KEDA ScaledObjects) that scale the workload's owner. */
  autoscalersOf(workload: Workload): readonly KubernetesObject[] {
    const byTarget = this.indexed(
      'autoscalers',
      ['HorizontalPodAutoscaler', 'ScaledObject'],
      workload.namespace,
      () => {
        const index = new Map<string, KubernetesObject[]>();
        for (const scaler of this.ofKind('HorizontalPodAutoscaler', 'ScaledObject')) {
          const target = asObject(scaler.spec['scaleTargetRef']);
          const kind = asString(target?.['kind']) ?? 'Deployment';
          append(index, `${scaler.namespace ?? 'default'}/${kind}/${asString(target?.['name'])}`, scaler);
        }
        return index;
      },
    );
    return byTarget.get(`${workload.namespace}/${workload.kind}/${workload.name}`) ?? [];
  }

  /** Everything that a check with this subject is asked about. */
  subjects<S extends SubjectName>(name: S): readonly Subjects[S][] {
    for (const kind of SUBJECT_KINDS[name]) this.reads.read(kind, ALL);
    let subjects = this.#subjects.get(name);
    if (subjects === undefined) {
      subjects = this.reads.unnoted(() => this.#collect(name));
      this.#subjects.set(name, subjects);
    }
    return subjects as readonly Subjects[S][];
  }

  /** Computes a fact about the whole cluster once; checks share it under `key`. */
  memo<T>(key: string, compute: () => T): T {
    let known = this.#memo.get(key);
    if (known === undefined) {
      known = this.reads.during(compute);
      this.#memo.set(key, known);
    } else {
      this.reads.repeat(known.reads);
    }
    return known.result as T;
  }

  /**
   * `memo` for an index by namespace over the objects of some kinds, of which the caller looks up one namespace: only that one
   * counts as read.
   */
  indexed<T>(key: string, kinds: readonly string[], namespace: string, compute: () => T): T {
    for (const kind of kinds) this.reads.read(kind, namespace);
    return this.reads.unnoted(() => this.memo(key, compute));
  }

  #collect(name: SubjectName): readonly Subjects[SubjectName][] {
    switch (name) {
      case 'cluster':
        return this.objects.length === 0 ? [] : [this];
      case 'object':
        return this.objects.map(plain);
      case 'workload':
        return this.#workloads;
      case 'container':
        return this.#workloads.flatMap((workload): readonly Container[] => workload.containers);
      case 'service-account':
        return [...this.#serviceAccounts.values()];
      case 'role':
        return this.#roles;
      case 'binding':
        return this.#bindings;
      case 'namespace':
        return this.namespaces;
      case 'network-policy':
        return [...[...this.#policies.values()].flat(), ...this.#clusterPolicies];
      case 'webhook':
        return this.objects.flatMap((object): Webhook[] => webhooks(object));
      case 'component':
        return this.#components();
      case 'api-server':
        return this.ofKind('ClusterFacts').flatMap((object) => ClusterFacts.of(object) ?? []);
      case 'node':
        return nodeSubjects(this.ofKind('NodeFacts'), this.subjects('api-server')[0]);
      case 'service':
        return this.#plain('', 'Service');
      case 'secret':
        return this.#plain('', 'Secret');
      case 'config-map':
        return this.#plain('', 'ConfigMap');
      case 'ingress':
        return [...this.#plain('networking.k8s.io', 'Ingress'), ...this.#plain('extensions', 'Ingress')];
      case 'gateway':
        return this.#plain('gateway.networking.k8s.io', 'Gateway');
      case 'admission-policy':
        return [
          ...this.#plain('admissionregistration.k8s.io', 'ValidatingAdmissionPolicy'),
          ...this.#plain('admissionregistration.k8s.io', 'MutatingAdmissionPolicy'),
        ];
      case 'audit-policy':
        return this.#plain('audit.k8s.io', 'Policy');
      case 'encryption-configuration':
        return [
          ...this.#plain('apiserver.config.k8s.io', 'EncryptionConfiguration'),
          ...this.#plain('', 'EncryptionConfig'),
        ];
      case 'authorization':
        return authorizationSetups(this.subjects('component'), this.ofKind('AuthorizationConfiguration'));
      case 'abac-policy':
        return this.#plain('abac.authorization.kubernetes.io', 'Policy');
      case 'kubeconfig':
        return this.ofKind('Config', 'ConfigMap', 'Secret').flatMap(kubeconfigs);
      case 'certificate-signing-request':
        return this.#plain('certificates.k8s.io', 'CertificateSigningRequest');
    }
  }

  /**
   * As pods show them, and as processes where no pod is what runs; the API server as it shows itself where its pods are hidden or
   * are none.
   */
  #components(): Component[] {
    const stated = this.#workloads.flatMap((workload) => Component.of(workload));
    const running = this.ofKind('NodeFacts').filter(isNodeFacts).flatMap(Component.ofProcesses);
    const facts = this.subjects('api-server');
    const components = [
      ...stated,
      ...running.filter((process) => !stated.some((pod) => pod.runsAs(process))),
      ...this.#plain('kubelet.config.k8s.io', 'KubeletConfiguration').map(({ object }) =>
        Component.ofKubelet(object, object.raw, []),
      ),
      ...facts.flatMap(({ object, kubelets }) =>
        kubelets.map(({ configuration, path }) => Component.ofKubelet(object, configuration, path)),
      ),
    ];
    if (components.some(({ name }) => name === 'kube-apiserver')) return components;
    return [...components, ...facts.flatMap((each) => Component.ofFacts(each))];
  }

  #plain(group: string, kind: string): PlainSubject[] {
    return this.ofKind(kind)
      .filter((object) => object.group === group)
      .map(plain);
  }

  #indexNamespaces(): void {
    const definitions = new Map<string, KubernetesObject>();
    for (const object of this.ofKind('Namespace'))
      if (object.group === '') definitions.set(object.name, object);
    const objects = new Map<string, KubernetesObject[]>();
    for (const object of this.objects) {
      if (!this.isClusterScoped(object)) append(objects, object.namespace ?? 'default', object);
    }
    const workloads = new Map<string, Workload[]>();
    for (const workload of this.#workloads) append(workloads, workload.namespace, workload);
    for (const name of new Set([...definitions.keys(), ...objects.keys()])) {
      this.#namespaces.set(
        name,
        new Namespace(
          name,
          definitions.get(name),
          objects.get(name) ?? [],
          workloads.get(name) ?? [],
          this.reads,
        ),
      );
    }
    for (const object of this.ofKind('ServiceAccount')) {
      const account = new ServiceAccount(object);
      this.#serviceAccounts.set(`${account.namespace}/${account.name}`, account);
    }
  }

  #indexAccess(): void {
    const roles = new Map<string, Role>();
    const key = (kind: string, namespace: string, name: string) =>
      kind === 'ClusterRole' ? `ClusterRole//${name}` : `Role/${namespace}/${name}`;
    for (const role of this.#roles) {
      roles.set(key(role.object.kind, role.object.namespace ?? 'default', role.object.name), role);
    }
    for (const binding of this.#bindings) {
      binding.binds(
        roles.get(key(binding.roleKind, binding.object.namespace ?? 'default', binding.roleName)),
      );
      for (const subject of binding.subjects) {
        append(
          this.#bindingsBySubject,
          `${subject.kind}/${subject.namespace ?? ''}/${subject.name}`,
          binding,
        );
      }
    }
  }

  #policyIndexes(): ReadonlyMap<string, SelectorIndex<NetworkPolicy>> {
    return this.indexed('network policies', NO_KINDS, ALL, () => {
      const indexes = new Map<string, SelectorIndex<NetworkPolicy>>();
      for (const [namespace, policies] of this.#policies) {
        const index = new SelectorIndex<NetworkPolicy>();
        for (const policy of policies) index.add(policy, policy.requirements);
        indexes.set(namespace, index);
      }
      return indexes;
    });
  }

  /** Objects of a kind, in the workload's namespace, whose label selector matches its pods. */
  #selecting(
    kind: string,
    workload: Workload,
    selectorOf: (object: KubernetesObject) => JsonObject | undefined,
  ): readonly KubernetesObject[] {
    const byNamespace = this.indexed(`selecting ${kind}`, [kind], workload.namespace, () => {
      const indexes = new Map<string, SelectorIndex<{ object: KubernetesObject; matches: LabelMatcher }>>();
      for (const object of this.ofKind(kind)) {
        const compiled = compileLabelSelector(selectorOf(object));
        if ('refused' in compiled || compiled.requirements === 'nothing') continue;
        const namespace = object.namespace ?? 'default';
        let index = indexes.get(namespace);
        if (index === undefined) {
          index = new SelectorIndex();
          indexes.set(namespace, index);
        }
        index.add({ object, matches: compiled.matches }, compiled.requirements);
      }
      return indexes;
    });
    const index = byNamespace.get(workload.namespace);
    if (index === undefined) return NO_OBJECTS;
    return index
      .around(workload.podLabels)
      .filter(({ matches }) => matches(workload.podLabels))
      .map(({ object }) => object);
  }
}

/** KubeStride's own documents about what it saw are no objects of the API. */
function isEvidence(object: KubernetesObject): boolean {
  return object.apiVersion === EVIDENCE_API_VERSION;
}

const NO_OWNERS: ReadonlyMap<KubernetesObject, KubernetesObject> = new Map();
const NO_KINDS: readonly string[] = Object.freeze([]);
const NO_OBJECTS: readonly KubernetesObject[] = Object.freeze([]);
const NO_POLICIES: readonly NetworkPolicy[] = Object.freeze([]);

function plain(object: KubernetesObject): PlainSubject {
  return { object, path: '' };
}

function append<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
