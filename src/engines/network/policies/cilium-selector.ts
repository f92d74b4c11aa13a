import { NAMESPACE, OWN_PREFIX, parseCiliumKey } from '../../../kubernetes/cilium-labels.ts';
import {
  asArray,
  asObject,
  asObjects,
  asString,
  type Json,
  type JsonObject,
} from '../../../kubernetes/json.ts';
import { compileLabelSelector, type LabelMatcher, type Labels } from '../../../kubernetes/selectors.ts';
import { ALL_IPV4, ALL_IPV6 } from '../addresses.ts';
import {
  isDoubtful,
  NAMESPACE_LABELS,
  type Other,
  SERVICE_ACCOUNT,
  seenOn,
  seenOnPod,
} from './cilium-identity.ts';
import type { Peer, PodSelector } from './policy.ts';
import type { PolicyReader } from './reader.ts';

export type Certainty = 'yes' | 'no' | 'unknown';

/** A label as it is seen at some end: its value is undefined where it has one that is not known. */
export type Seen =
  | { readonly is: 'absent' }
  | { readonly is: 'present' | 'maybe'; readonly value: string | undefined };

/** What a selector demands of the label of a source: `k8s` for those of Kubernetes, `reserved`, `any` … */
export interface Condition {
  readonly source: string;
  readonly key: string;
  readonly operator: string;
  readonly values: readonly string[];
  /** Whether it stands among `matchLabels`. */
  readonly isLabel: boolean;
}

const METADATA_NAME = 'kubernetes.io/metadata.name';
const EVERYWHERE = [ALL_IPV6[0]!, ALL_IPV4[1]!];

/**
 * Cilium's EndpointSelector: a label selector over the labels of an identity, whose keys may name their source
 * (pkg/policy/api/selector.go, pkg/labels/labels.go; the namespace: pkg/k8s/apis/cilium.io/utils/utils.go).
 */
export class CiliumSelector {
  readonly #conditions: readonly Condition[];
  readonly #ofNamespaces: readonly Condition[];
  readonly #ofPods: readonly Condition[];

  private constructor(conditions: readonly Condition[]) {
    this.#conditions = conditions;
    this.#ofNamespaces = conditions.filter(isOfNamespace);
    this.#ofPods = conditions.filter((each) => !isOfNamespace(each));
  }

  static read(reader: PolicyReader, value: Json | undefined, path: string): CiliumSelector {
    const selector = asObject(value) ?? {};
    const labels = Object.entries(asObject(selector['matchLabels']) ?? {});
    const expressions = asObjects(selector['matchExpressions']);
    const extended = {
      matchLabels: Object.fromEntries(labels.map(([key, each]) => [extendedKey(key), each])),
      matchExpressions: expressions.map((each): JsonObject => {
        return { ...each, key: extendedKey(asString(each['key']) ?? '') };
      }),
    };
    const compiled = compileLabelSelector(extended);
    if ('refused' in compiled) reader.refuse('invalid-selector', path, compiled.refused);
    return new CiliumSelector([
      ...labels.map(([key, each]) => condition(key, 'In', [asString(each) ?? ''], true)),
      ...expressions.map((each) =>
        condition(
          asString(each['key']) ?? '',
          asString(each['operator']) ?? '',
          (asArray(each['values']) ?? []).map((item) => asString(item) ?? ''),
        ),
      ),
    ]);
  }

  /** Of the peers of a policy in that namespace, or of one for the whole cluster: pods alone, unless it speaks of what is reserved. */
  asPeer(namespace: string | undefined): CiliumSelector {
    const conditions = this.#conditions;
    if (conditions.some(({ source }) => source === 'reserved')) return this;
    if (conditions.some((each) => isOfKubernetes(each) && each.key === NAMESPACE)) return this;
    if (namespace === undefined)
      return new CiliumSelector([...conditions, condition(NAMESPACE, 'Exists', [])]);
    if (conditions.some((each) => isOfKubernetes(each) && each.key.startsWith(NAMESPACE_LABELS))) return this;
    return new CiliumSelector([...conditions, condition(`k8s:${NAMESPACE}`, 'In', [namespace])]);
  }

  /** Of the pods that a policy in that namespace is for; another namespace that its labels name is passed over. */
  asSubject(namespace: string | undefined): CiliumSelector {
    if (namespace === undefined) return this;
    const others = this.#conditions.filter(
      ({ source, key, isLabel }) => !(source === 'k8s' && key === NAMESPACE && isLabel),
    );
    return new CiliumSelector([...others, condition(`k8s:${NAMESPACE}`, 'In', [namespace])]);
  }

  /** Whether it may ask for something that is not known of pods. */
  get isDoubtful(): boolean {
    return this.#ofPods.some(isDoubtful);
  }

  /** The pods that it selects, that it may select, or of which that is not certain. */
  pods(which: 'certain' | 'possible' | 'uncertain'): PodSelector {
    const name = this.#namespaceName;
    const ofPods = this.#ofPods;
    // Every pod has a namespace: that there is one need not be asked.
    const ofNamespaces = this.#ofNamespaces.filter(
      ({ key, operator }) => key !== NAMESPACE || operator !== 'Exists',
    );
    const asksAccount = ofPods.some(({ key }) => key === SERVICE_ACCOUNT);
    const namespaces: LabelMatcher = (labels) =>
      all(ofNamespaces, (each) => namespaceLabel(each, labels)) === 'yes';
    return {
      namespaces: name ?? namespaces,
      pods: (labels) => {
        const answer = all(ofPods, (each) => seenOnPod(each, labels));
        if (answer === 'unknown') return which !== 'certain';
        return answer === 'yes' && which !== 'uncertain';
      },
      ...(asksAccount ? { derived: { plugin: 'cilium', asksNamespace: false, asksAccount } } : {}),
      labels: ofPods
        .filter(
          (each) =>
            isOfKubernetes(each) &&
            each.operator === 'In' &&
            each.values.length === 1 &&
            !each.key.startsWith(OWN_PREFIX),
        )
        .map(({ key, values }) => `${key}=${values[0]}`),
      key: JSON.stringify(['cilium', which, this.#conditions]),
    };
  }

  /** Those whom it selects: pods, and where it does not demand a namespace what has none. */
  peers(path: string): readonly Peer[] {
    const peers: Peer[] = [];
    const certain: Peer = { kind: 'pods', selector: this.pods('certain'), path };
    if (this.isDoubtful) {
      const possible = maybe({ kind: 'pods', selector: this.pods('possible'), path });
      peers.push({ kind: 'any-of', peers: [certain, possible], path });
    } else if (!this.#ofPods.some(demandsOther)) peers.push(certain);
    const others: readonly [Other, Peer][] = [
      ['world', { kind: 'addresses', addresses: EVERYWHERE, pods: 'never', path }],
      ['node', { kind: 'nodes', nodes: 'all', path }],
    ];
    for (const [other, peer] of others) {
      const answer = all(this.#conditions, (each) => seenOn(other, each));
      if (answer === 'yes') peers.push(peer);
      else if (answer === 'unknown') peers.push(maybe(peer));
    }
    return peers;
  }

  get #namespaceName(): string | undefined {
    const [only, ...others] = this.#ofNamespaces;
    const isName =
      others.length === 0 && only?.key === NAMESPACE && only.operator === 'In' && only.values.length === 1;
    return isName ? only.values[0] : undefined;
  }
}

/** A peer of whom it is not known whether it is meant. */
export function maybe(peer: Peer): Peer {
  const { path } = peer;
  return { kind: 'all-of', peers: [peer, { kind: 'unknown', path }], path };
}

const isOfKubernetes = ({ source }: Condition) => source === 'k8s' || source === 'any';
const isOfNamespace = (each: Condition) =>
  isOfKubernetes(each) && (each.key === NAMESPACE || each.key.startsWith(NAMESPACE_LABELS));

/** A label that no pod has: one of a source other than Kubernetes. */
const demandsOther = (each: Condition) =>
  !isOfKubernetes(each) && (each.operator === 'In' || each.operator === 'Exists');

function namespaceLabel({ key }: Condition, labels: Labels): Seen {
  const value = labels?.[key === NAMESPACE ? METADATA_NAME : key.slice(NAMESPACE_LABELS.length)];
  if (typeof value === 'string') return { is: 'present', value };
  return key === NAMESPACE ? { is: 'present', value: undefined } : { is: 'absent' };
}

function extendedKey(text: string): string {
  const { source, key } = parseCiliumKey(text);
  return `${source}.${key}`;
}

function condition(text: string, operator: string, values: readonly string[], isLabel = false): Condition {
  return { ...parseCiliumKey(text), operator, values, isLabel };
}

function holds({ operator, values }: Condition, seen: Seen): Certainty {
  const absent = operator === 'NotIn' || operator === 'DoesNotExist' ? 'yes' : 'no';
  if (seen.is === 'absent') return absent;
  const { value } = seen;
  let present: Certainty = operator === 'Exists' ? 'yes' : 'no';
  if (operator === 'In' || operator === 'NotIn') {
    if (value === undefined) present = 'unknown';
    else present = values.includes(value) === (operator === 'In') ? 'yes' : 'no';
  }
  return seen.is === 'present' || present === absent ? present : 'unknown';
}

/** Whether all conditions hold. */
function all(conditions: readonly Condition[], seen: (each: Condition) => Seen): Certainty {
  let answer: Certainty = 'yes';
  for (const each of conditions) {
    const one = holds(each, seen(each));
    if (one === 'no') return 'no';
    if (one === 'unknown') answer = 'unknown';
  }
  return answer;
}
