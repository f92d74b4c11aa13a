import type { Level } from './policy.ts';

/** What an investigation asks the log for. */
export const NEEDS = [
  'commands-in-pods',
  'debug-containers',
  'secrets-read',
  'secrets-changed',
  'rights-changed',
  'tokens-issued',
  'certificates-issued',
  'workloads-changed',
  'interception-changed',
  'nodes-reached',
  'network-changed',
  'configuration-changed',
  'accounts-and-namespaces-changed',
  'storage-changed',
  'evidence-removed',
  'strangers',
] as const;
export type NeedId = (typeof NEEDS)[number];

/** Requests for a resource, `pods/exec` with its subresource, and the least level at which they answer the question. */
export interface NeededRequests {
  readonly group: string;
  readonly resource: string;
  readonly isNamespaced: boolean;
  readonly verbs: readonly string[];
  readonly level: Level;
}

const WRITES = ['create', 'update', 'patch'];
const REMOVALS = ['delete', 'deletecollection'];

function requests(
  level: Level,
  verbs: readonly string[],
  group: string,
  resources: readonly string[],
  isNamespaced = true,
): NeededRequests[] {
  return resources.map((resource) => ({ group, resource, isNamespaced, verbs, level }));
}

/** What was written is in the body; that something was removed is not. */
function changes(group: string, resources: readonly string[], isNamespaced = true): NeededRequests[] {
  return [
    ...requests('Request', WRITES, group, resources, isNamespaced),
    ...requests('Metadata', REMOVALS, group, resources, isNamespaced),
  ];
}

/**
 * The requests behind each question. Bodies are asked for where the question is what was written, and never of Secrets, ConfigMaps and
 * tokens, whose bodies do not belong into a log (https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/#audit-policy).
 */
export const NEEDED: Readonly<Record<NeedId, readonly NeededRequests[]>> = {
  // A websocket is opened by GET (KEP-4006).
  'commands-in-pods': requests('Metadata', ['create', 'get'], '', [
    'pods/exec',
    'pods/attach',
    'pods/portforward',
    'pods/proxy',
    'services/proxy',
  ]),
  'debug-containers': requests('Request', ['update', 'patch'], '', ['pods/ephemeralcontainers']),
  'secrets-read': requests('Metadata', ['get', 'list', 'watch'], '', ['secrets']),
  'secrets-changed': requests('Metadata', [...WRITES, ...REMOVALS], '', ['secrets']),
  'rights-changed': [
    ...changes('rbac.authorization.k8s.io', ['roles', 'rolebindings']),
    ...changes('rbac.authorization.k8s.io', ['clusterroles', 'clusterrolebindings'], false),
  ],
  'tokens-issued': requests('Metadata', ['create'], '', ['serviceaccounts/token']),
  'certificates-issued': [
    ...requests('Metadata', ['create'], 'certificates.k8s.io', ['certificatesigningrequests'], false),
    ...requests(
      'Metadata',
      ['update', 'patch'],
      'certificates.k8s.io',
      ['certificatesigningrequests/approval'],
      false,
    ),
  ],
  'workloads-changed': [
    ...changes('', ['pods']),
    ...changes('apps', ['deployments', 'daemonsets', 'statefulsets']),
    ...changes('batch', ['jobs', 'cronjobs']),
  ],
  'interception-changed': [
    ...changes(
      'admissionregistration.k8s.io',
      [
        'validatingwebhookconfigurations',
        'mutatingwebhookconfigurations',
        'validatingadmissionpolicies',
        'validatingadmissionpolicybindings',
      ],
      false,
    ),
    ...changes('apiregistration.k8s.io', ['apiservices'], false),
    ...changes('apiextensions.k8s.io', ['customresourcedefinitions'], false),
  ],
  'nodes-reached': [
    ...requests('Metadata', ['create', 'get'], '', ['nodes/proxy'], false),
    ...requests('Metadata', REMOVALS, '', ['nodes'], false),
  ],
  'network-changed': [
    ...changes('', ['services']),
    ...changes('networking.k8s.io', ['networkpolicies', 'ingresses']),
  ],
  'configuration-changed': requests('Metadata', [...WRITES, ...REMOVALS], '', ['configmaps']),
  'accounts-and-namespaces-changed': [
    ...requests('Metadata', [...WRITES, ...REMOVALS], '', ['serviceaccounts']),
    ...requests('Metadata', [...WRITES, ...REMOVALS], '', ['namespaces'], false),
  ],
  'storage-changed': changes('', ['persistentvolumes'], false),
  'evidence-removed': [
    ...requests('Metadata', REMOVALS, '', ['events']),
    ...requests('Metadata', REMOVALS, 'events.k8s.io', ['events']),
  ],
  // Whoever is not signed in, whatever is asked for.
  strangers: requests('Metadata', ['get', 'list', 'create'], '', ['pods', 'secrets']),
};
