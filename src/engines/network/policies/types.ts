import { child, item as itemOf } from '../../../kubernetes/field-path.ts';
import { isObject, type Json, type JsonObject } from '../../../kubernetes/json.ts';
import type { PolicyReader } from './reader.ts';

/** What a value has to be; `text-or-number` is the IntOrString of Kubernetes. A list, a map (`*`) and an object are what they hold. */
type Type =
  | 'text'
  | 'number'
  | 'flag'
  | 'text-or-number'
  | readonly [Type]
  | { readonly [field: string]: Type };

const TEXTS: Type = ['text'];
const TEXT_BY_KEY: Type = { '*': 'text' };
const ANY_OBJECT: Type = {};
const SELECTOR = {
  matchLabels: TEXT_BY_KEY,
  matchExpressions: [{ key: 'text', operator: 'text', values: TEXTS }],
} satisfies Type;

const NETWORK_RULE: Type = {
  ...each(
    ['from', 'to'],
    [{ podSelector: SELECTOR, namespaceSelector: SELECTOR, ipBlock: { cidr: 'text', except: TEXTS } }],
  ),
  ports: [{ protocol: 'text', port: 'text-or-number', endPort: 'number' }],
};
const NETWORK_POLICY: Type = {
  podSelector: SELECTOR,
  policyTypes: TEXTS,
  ...each(['ingress', 'egress'], [NETWORK_RULE]),
};

const ADMIN_PEER: Type = {
  namespaces: { ...SELECTOR, namespaceSelector: SELECTOR },
  pods: { namespaceSelector: SELECTOR, podSelector: SELECTOR },
  nodes: SELECTOR,
  networks: TEXTS,
  domainNames: TEXTS,
};
const RANGE: Type = { start: 'number', end: 'number' };
const ADMIN_RULE: Type = {
  name: 'text',
  action: 'text',
  ...each(['from', 'to'], [ADMIN_PEER]),
  ports: [
    {
      portNumber: { protocol: 'text', port: 'number' },
      portRange: { protocol: 'text', ...RANGE },
      namedPort: 'text',
    },
  ],
  protocols: [
    {
      ...each(['tcp', 'udp', 'sctp'], { destinationPort: { number: 'number', range: RANGE } }),
      destinationNamedPort: 'text',
    },
  ],
};
const ADMIN_POLICY: Type = {
  tier: 'text',
  priority: 'number',
  subject: ADMIN_PEER,
  ...each(['ingress', 'egress'], [ADMIN_RULE]),
};

const CALICO_ENTITY: Type = {
  ...each(['nets', 'notNets'], TEXTS),
  ...each(['selector', 'notSelector', 'namespaceSelector'], 'text'),
  ...each(['ports', 'notPorts'], ['text-or-number']),
  serviceAccounts: { names: TEXTS, selector: 'text' },
  services: each(['name', 'namespace'], 'text'),
};
const CALICO_RULE: Type = {
  action: 'text',
  ipVersion: 'number',
  ...each(['protocol', 'notProtocol'], 'text-or-number'),
  ...each(['icmp', 'notICMP'], { type: 'number', code: 'number' }),
  ...each(['source', 'destination'], CALICO_ENTITY),
  http: { methods: TEXTS, paths: [ANY_OBJECT] },
};
const CALICO_POLICY: Type = {
  ...each(['tier', 'selector', 'namespaceSelector', 'serviceAccountSelector'], 'text'),
  order: 'number',
  types: TEXTS,
  ...each(['doNotTrack', 'preDNAT', 'applyOnForward'], 'flag'),
  ...each(['ingress', 'egress'], [CALICO_RULE]),
};

const CIDR_SET: Type = [
  { ...each(['cidr', 'cidrGroupRef'], 'text'), except: TEXTS, cidrGroupSelector: SELECTOR },
];
const CILIUM_PEERS = { Endpoints: [SELECTOR], Requires: [SELECTOR], Nodes: [SELECTOR] } as const;
const CILIUM_PORTS: Type = {
  ports: [{ port: 'text-or-number', endPort: 'number', protocol: 'text' }],
  rules: {
    http: [{ ...each(['path', 'method', 'host'], 'text'), headers: TEXTS, headerMatches: [ANY_OBJECT] }],
    ...each(['kafka', 'dns', 'l7'], [ANY_OBJECT]),
    l7proto: 'text',
  },
  serverNames: TEXTS,
  ...each(['listener', 'terminatingTLS', 'originatingTLS'], ANY_OBJECT),
};
const CILIUM_RULE: Type = {
  ...Object.fromEntries(
    ['from', 'to'].flatMap((side) =>
      Object.entries({
        ...CILIUM_PEERS,
        CIDR: TEXTS,
        CIDRSet: CIDR_SET,
        Entities: TEXTS,
        Groups: [ANY_OBJECT] as const,
      }).map(([kind, type]) => [`${side}${kind}`, type]),
    ),
  ),
  toServices: [
    {
      k8sService: each(['serviceName', 'namespace'], 'text'),
      k8sServiceSelector: { selector: SELECTOR, namespace: 'text' },
    },
  ],
  toFQDNs: [each(['matchName', 'matchPattern'], 'text')],
  toPorts: [CILIUM_PORTS],
  icmps: [{ fields: [{ family: 'text', type: 'text-or-number' }] }],
  authentication: { mode: 'text' },
};
const CILIUM_SPEC: Type = {
  ...each(['endpointSelector', 'nodeSelector'], SELECTOR),
  ...each(['ingress', 'ingressDeny', 'egress', 'egressDeny'], [CILIUM_RULE]),
  enableDefaultDeny: { ingress: 'flag', egress: 'flag' },
};

const SPECS: Readonly<Record<string, Type>> = {
  'networking.k8s.io': NETWORK_POLICY,
  extensions: NETWORK_POLICY,
  'policy.networking.k8s.io': ADMIN_POLICY,
  'projectcalico.org': CALICO_POLICY,
  'crd.projectcalico.org': CALICO_POLICY,
  'cilium.io': CILIUM_SPEC,
};
const METADATA: Type = { name: 'text', namespace: 'text', labels: TEXT_BY_KEY, annotations: TEXT_BY_KEY };

/**
 * Refuses fields whose values are of another type than the API says, as no API server decodes them
 * (https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation): such a policy is not there. Null is as good as nothing. NetworkPolicies of
 * manifests are decoded before; objects that a library is given are not.
 */
export function checkTypes(reader: PolicyReader, group: string): void {
  const spec = SPECS[group]!;
  check(reader, reader.object, { metadata: METADATA, spec, specs: [spec] }, '');
}

function check(reader: PolicyReader, value: Json | undefined, type: Type, path: string): void {
  if (value === undefined || value === null) return;
  if (!isOf(value, type)) {
    const isTold = reader.problems.some((one) => one.path === path && !one.isReadAsMeant);
    if (!isTold) reader.refuse('wrong-type', path, shown(value));
    return;
  }
  if (typeof type === 'string') return;
  if (isList(type)) {
    (value as Json[]).forEach((item, index) => {
      check(reader, item, type[0], itemOf(path, index));
    });
    return;
  }
  const object = value as JsonObject;
  for (const field of '*' in type ? Object.keys(object) : Object.keys(type)) {
    if (!Object.hasOwn(object, field)) continue;
    check(reader, object[field], type['*'] ?? type[field]!, child(path, field));
  }
}

function isOf(value: Json, type: Type): boolean {
  switch (type) {
    case 'text':
      return typeof value === 'string';
    case 'number':
      return typeof value === 'number';
    case 'flag':
      return typeof value === 'boolean';
    case 'text-or-number':
      return typeof value === 'string' || typeof value === 'number';
    default:
      return isList(type) ? Array.isArray(value) : isObject(value);
  }
}

function isList(type: Type): type is readonly [Type] {
  return Array.isArray(type);
}

/** Only scalars are worth their text. */
function shown(value: Json): string {
  if (Array.isArray(value)) return '[…]';
  return isObject(value) ? '{…}' : JSON.stringify(value);
}

/** The same type for several fields. */
function each(fields: readonly string[], type: Type): { readonly [field: string]: Type } {
  return Object.fromEntries(fields.map((field) => [field, type]));
}
