import { asObject, type JsonObject } from '../../../kubernetes/json.ts';
import { stringMap } from '../../../kubernetes/object.ts';
import type { Network, WorkloadGroup } from '../network.ts';

/** Labels that a controller gives each pod or each revision: a selector that asks for one of them ends with it. */
const PER_POD =
  /^(?:pod-template-hash|controller-revision-hash|pod-template-generation|rollouts-pod-template-hash|statefulset\.kubernetes\.io\/.*|apps\.kubernetes\.io\/pod-index|(?:batch\.kubernetes\.io\/)?(?:controller-uid|job-name|job-completion-index)|security\.istio\.io\/.*|service\.istio\.io\/canonical-revision|istio\.io\/rev|deploymentconfig|deployment|openshift\.io\/.*)$/;
/** Labels that change when the program does. */
const PER_RELEASE =
  /^(?:(?:app\.kubernetes\.io\/)?(?:version|managed-by)|version|chart|heritage|helm\.sh\/chart|tags\.datadoghq\.com\/version|revision|git-?(?:sha|commit)|commit|build)$/;

/** The labels that people select by, in the order in which they are tried. */
const FAMILIAR = [
  'app.kubernetes.io/name',
  'app.kubernetes.io/instance',
  'app.kubernetes.io/component',
  'app',
  'k8s-app',
  'component',
  'name',
  'role',
  'tier',
];

type Strings = Readonly<Record<string, string>>;

/** Workloads of a namespace that one policy is for: those that no label that stays tells apart. */
export interface Unit {
  readonly namespace: string;
  /** Name of the policies, unique in the namespace. */
  readonly name: string;
  readonly groups: readonly WorkloadGroup[];
  /** A LabelSelector for exactly the pods of the groups among those of the sources. */
  readonly selector: JsonObject;
}

/** Labels that all pods of a workload's revisions have, those of its releases included. */
export function ownerLabels(labels: Strings): Strings {
  return Object.fromEntries(Object.entries(labels).filter(([key]) => !PER_POD.test(key)));
}

/**
 * Labels of a pod that stay for as long as the workload does.
 *
 * @param stated what the owner selects its pods by, which cannot be changed
 */
export function lastingLabels(labels: Strings, stated: Strings = {}): Strings {
  return Object.fromEntries(
    Object.entries(labels).filter(
      ([key]) => !PER_POD.test(key) && (!PER_RELEASE.test(key) || stated[key] !== undefined),
    ),
  );
}

/**
 * All workloads as units, by group.
 *
 * @param taken names, as `namespace/name`, that no unit gets
 */
export function unitsOf(
  network: Network,
  taken: ReadonlySet<string> = new Set(),
): ReadonlyMap<WorkloadGroup, Unit> {
  const byNamespace = new Map<string, WorkloadGroup[]>();
  for (const group of network.groups) {
    const same = byNamespace.get(group.namespace);
    if (same === undefined) byNamespace.set(group.namespace, [group]);
    else same.push(group);
  }
  const units = new Map<WorkloadGroup, Unit>();
  for (const [namespace, groups] of byNamespace) {
    for (const unit of unitsIn(namespace, groups, network, taken)) {
      for (const group of unit.groups) units.set(group, unit);
    }
  }
  return units;
}

interface Draft {
  readonly groups: WorkloadGroup[];
  /** Labels of each kind of its pods, all of them, by which selectors of others may catch it. */
  readonly all: Strings[];
  /** Of each, those that last, by which it may be selected. */
  readonly lasting: Strings[];
}

function unitsIn(
  namespace: string,
  groups: readonly WorkloadGroup[],
  network: Network,
  takenElsewhere: ReadonlySet<string>,
): Unit[] {
  let drafts = [...groups].sort(byName).map((group): Draft => {
    const all = group.pods.map(({ labels }) => labels);
    const stated = ownSelector(group, network);
    return { groups: [group], all, lasting: all.map((labels) => lastingLabels(labels, stated)) };
  });
  // Two that a selector cannot tell apart are one, which may in turn be like a third.
  for (;;) {
    const merged = mergeAlike(drafts);
    if (merged.length === drafts.length) break;
    drafts = merged;
  }
  const prefix = `${namespace}/`;
  const taken = new Set(
    [...takenElsewhere].filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length)),
  );
  return drafts.map((draft) => {
    const others = drafts.filter((other) => other !== draft);
    const selector = selectorOf(draft, others, network);
    return { namespace, name: nameFor(draft.groups, taken), groups: draft.groups, selector };
  });
}

/** Puts together what has the same labels, and then the first two that no selector tells apart. */
function mergeAlike(drafts: readonly Draft[]): Draft[] {
  const result: Draft[] = [];
  const index = new Map<string, Draft>();
  for (const draft of drafts) {
    const key = JSON.stringify(Object.entries(commonOf(draft.lasting)).sort());
    const same = index.get(key);
    if (same === undefined) {
      const { groups, all, lasting } = draft;
      const copy = { groups: [...groups], all: [...all], lasting: [...lasting] };
      index.set(key, copy);
      result.push(copy);
    } else join(same, draft);
  }
  for (const draft of result) {
    const equal = commonOf(draft.lasting);
    // What others have and this one has not may be asked to be absent.
    const caught = result.find(
      (other) =>
        other !== draft &&
        other.all.some(
          (labels, place) =>
            matches({ equal, absent: [] }, labels) &&
            Object.keys(other.lasting[place]!).every((key) => hasKey(draft, key)),
        ),
    );
    if (caught === undefined) continue;
    join(draft, caught);
    return result.filter((other) => other !== caught);
  }
  return result;
}

function join(draft: Draft, other: Draft): void {
  draft.groups.push(...other.groups);
  draft.all.push(...other.all);
  draft.lasting.push(...other.lasting);
  draft.groups.sort(byName);
}

interface Requirements {
  readonly equal: Strings;
  readonly absent: readonly string[];
}

function matches({ equal, absent }: Requirements, labels: Strings): boolean {
  for (const key in equal) if (labels[key] !== equal[key]) return false;
  return absent.every((key) => labels[key] === undefined);
}

function isCaught({ all }: Draft, requirements: Requirements): boolean {
  return all.some((labels) => matches(requirements, labels));
}

function hasKey({ all }: Draft, key: string): boolean {
  return all.some((labels) => labels[key] !== undefined);
}

function selectorOf(draft: Draft, others: readonly Draft[], network: Network): JsonObject {
  const common = commonOf(draft.lasting);
  const near = others.filter((other) =>
    Object.entries(common).some(([key, value]) => other.all.some((labels) => labels[key] === value)),
  );
  // Whatever asks for one of its labels can only catch those that have it too.
  const isExact = (equal: Strings) => !near.some((other) => isCaught(other, { equal, absent: [] }));
  const [group] = draft.groups;
  const stated = draft.groups.length === 1 ? ownSelector(group!, network) : undefined;
  const isCommon = Object.entries(stated ?? {}).every(([key, value]) => common[key] === value);
  if (stated !== undefined && isCommon && isExact(stated)) return { matchLabels: stated };
  for (const chosen of subsets(Object.keys(common).sort(byFamiliarity))) {
    const equal = Object.fromEntries(chosen.map((key) => [key, common[key]!]));
    if (isExact(equal)) return { matchLabels: equal };
  }
  return withAbsent(common, draft, others);
}

/** What the owner selects its pods by, as far as it lasts: nobody changes that. */
function ownSelector(group: WorkloadGroup, network: Network): Strings | undefined {
  const workload = network.workloads.get(group.pods[0]!);
  const selector = asObject(workload?.object.spec['selector']);
  if (selector === undefined || selector['matchExpressions'] !== undefined) return undefined;
  const labels = stringMap(selector['matchLabels'] ?? selector);
  const lasting = lastingLabels(labels, labels);
  return Object.keys(lasting).length > 0 ? lasting : undefined;
}

/** Subsets of up to three keys, the smallest first, and all of them. */
function* subsets(keys: readonly string[]): Generator<readonly string[]> {
  const few = keys.slice(0, 12);
  for (const a of few) yield [a];
  for (let a = 0; a < few.length; a++) for (let b = a + 1; b < few.length; b++) yield [few[a]!, few[b]!];
  for (let a = 0; a < few.length; a++) {
    for (let b = a + 1; b < few.length; b++) {
      for (let c = b + 1; c < few.length; c++) yield [few[a]!, few[b]!, few[c]!];
    }
  }
  if (keys.length > 0) yield keys;
}

/** Keeps the pods of others out by labels that only these have, as few as it takes. */
function withAbsent(equal: Strings, draft: Draft, others: readonly Draft[]): JsonObject {
  let caught = others.flatMap(({ all, lasting }) =>
    lasting.filter((_labels, index) => matches({ equal, absent: [] }, all[index]!)),
  );
  const absent: string[] = [];
  while (caught.length > 0) {
    const counts = new Map<string, number>();
    for (const key of caught.flatMap((labels) => Object.keys(labels))) {
      if (!hasKey(draft, key)) counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    const [best] = [...counts].sort(([a, n], [b, m]) => m - n || byFamiliarity(a, b));
    // Drafts that nothing tells apart were merged before.
    if (best === undefined) break;
    absent.push(best[0]);
    caught = caught.filter((labels) => labels[best[0]] === undefined);
  }
  return {
    ...(Object.keys(equal).length === 0 ? {} : { matchLabels: { ...equal } }),
    ...(absent.length === 0
      ? {}
      : { matchExpressions: absent.sort().map((key) => ({ key, operator: 'DoesNotExist' })) }),
  };
}

function commonOf(podLabels: readonly Strings[]): Strings {
  const [first = {}, ...others] = podLabels;
  return Object.fromEntries(
    Object.entries(first).filter(([key, value]) => others.every((labels) => labels[key] === value)),
  );
}

function byFamiliarity(a: string, b: string): number {
  const rank = (key: string) => (FAMILIAR.includes(key) ? FAMILIAR.indexOf(key) : FAMILIAR.length);
  return rank(a) - rank(b) || (a < b ? -1 : a > b ? 1 : 0);
}

function byName(a: WorkloadGroup, b: WorkloadGroup): number {
  const key = ({ name, kind }: WorkloadGroup) => `${name} ${kind}`;
  return key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0;
}

/** A DNS subdomain, as the names of NetworkPolicies have to be. */
function nameFor([first]: readonly WorkloadGroup[], taken: Set<string>): string {
  const plain = first!.name
    .toLowerCase()
    .replace(/[^a-z0-9.-]+/g, '-')
    .replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, '')
    .slice(0, 200);
  const stem = plain === '' ? 'workload' : plain;
  const kind = first!.kind.toLowerCase().replace(/[^a-z0-9]+/g, '');
  const candidates = [stem, `${stem}-${kind}`];
  for (let number = 2; ; number++) {
    const name = candidates.shift() ?? `${stem}-${kind}-${number}`;
    if (taken.has(name) || RESERVED.has(name)) continue;
    taken.add(name);
    return name;
  }
}

export const DEFAULT_DENY = 'default-deny';
export const ALLOW_DNS = 'allow-dns';
const RESERVED = new Set([DEFAULT_DENY, ALLOW_DNS]);
