import { readAuthorizationConfiguration } from '../engines/authorization/configuration/document.ts';
import { authorizersOfFlags } from '../engines/authorization/configuration/flags.ts';
import type {
  ConfigurationProblem,
  ConfiguredAuthorizer,
  WebhookSettings,
} from '../engines/authorization/configuration/types.ts';
import {
  type FailedCondition,
  groupsOf,
  type RequestAttributes,
  serviceAccountUser,
} from '../engines/authorization/index.ts';
import { type AuthorizationSetup, fileName } from '../kubernetes/authorization-setup.ts';
import type { Cluster } from '../kubernetes/cluster.ts';
import { kubeconfigFile } from '../kubernetes/kubeconfig.ts';
import { destinationOf, workloadsBehind } from '../kubernetes/service-backends.ts';
import { notApplicable, unknown } from './define-check.ts';

/** The reasons for which the authorizers of an API server are not known. */
export const HIDDEN_AUTHORIZERS = { hidden: [], 'configured-in-file': ['file'] } as const;

/** The authorizers of an API server in the order in which they are asked, and where that is said. */
export class Authorizers {
  readonly all: readonly ConfiguredAuthorizer[];
  readonly problems: readonly ConfigurationProblem[];
  /** True where nobody states an authorizer, so that the default, AlwaysAllow, holds. */
  readonly isDefault: boolean;
  readonly #setup: AuthorizationSetup;

  constructor(setup: AuthorizationSetup) {
    const { component, object } = setup;
    const reading =
      component === undefined
        ? readAuthorizationConfiguration(object.raw)
        : authorizersOfFlags((flag) => component.values(flag));
    this.all = reading?.authorizers ?? [];
    this.problems = reading?.problems ?? [];
    this.isDefault = component !== undefined && (component.flag('authorization-mode') ?? '') === '';
    this.#setup = setup;
  }

  /** How a message names them. */
  get types(): string {
    return this.all.map(({ type }) => type).join(', ');
  }

  /** Whether flags say it, which can say less of a webhook. */
  get areFlags(): boolean {
    return this.#setup.component !== undefined;
  }

  has(type: ConfiguredAuthorizer['type']): boolean {
    return this.all.some((each) => each.type === type);
  }

  /** Whether one of the type is asked before the one at `index`. */
  hasBefore(index: number, type: ConfiguredAuthorizer['type']): boolean {
    return this.all.slice(0, index).some((each) => each.type === type);
  }

  /** Whether somebody after an authorizer may allow what it has no opinion on. */
  isFollowedByOthers(index: number): boolean {
    return this.all.slice(index + 1).some(({ type }) => type !== 'AlwaysDeny' && type !== 'Node');
  }

  /** Field path of the list, or of where it would stand. */
  get path(): string {
    return this.#setup.component?.flagPath('authorization-mode') ?? 'authorizers';
  }

  /** Field path of an authorizer, or of a setting of its webhook. */
  pathOf({ path }: ConfiguredAuthorizer, field?: WebhookField): string {
    const { component } = this.#setup;
    if (component !== undefined) return component.flagPath((field && FLAGS[field]) ?? 'authorization-mode');
    return field === undefined ? path : `${path}.webhook.${field}`;
  }
}

type WebhookField =
  | 'timeout'
  | 'failurePolicy'
  | 'authorizedTTL'
  | 'cacheAuthorizedRequests'
  | 'unauthorizedTTL'
  | 'cacheUnauthorizedRequests'
  | 'connectionInfo.kubeConfigFile';

const FLAGS: { readonly [F in WebhookField]?: string } = {
  authorizedTTL: 'authorization-webhook-cache-authorized-ttl',
  cacheAuthorizedRequests: 'authorization-webhook-cache-authorized-ttl',
  unauthorizedTTL: 'authorization-webhook-cache-unauthorized-ttl',
  cacheUnauthorizedRequests: 'authorization-webhook-cache-unauthorized-ttl',
  'connectionInfo.kubeConfigFile': 'authorization-webhook-config-file',
};

/** The authorizers, or the verdict where they were not seen, or where no API server would take them. */
export function authorizersOf(setup: AuthorizationSetup) {
  const { hidden, component } = setup;
  if (hidden === undefined) {
    const authorizers = new Authorizers(setup);
    // authorization-configuration-invalid speaks of that.
    return component === undefined && authorizers.problems.length > 0 ? notApplicable : authorizers;
  }
  return hidden.reason === 'hidden'
    ? unknown('hidden', {}, component?.flagPath('authorization-mode'))
    : unknown('configured-in-file', { file: hidden.file }, component?.flagPath('authorization-config'));
}

const NOTHING = {
  isResourceRequest: true,
  apiGroup: '',
  apiVersion: 'v1',
  subresource: '',
  namespace: '',
  name: '',
  path: '',
} as const;

function lease(verb: string, namespace: string, name: string) {
  const apiGroup = 'coordination.k8s.io';
  return { ...NOTHING, verb, apiGroup, resource: 'leases', namespace, name };
}

const AUTHENTICATED = 'system:authenticated';
/** How a message names those whom the Node authorizer answers. */
export const KUBELETS = 'kubelets';

type Request = Omit<RequestAttributes, 'user'>;

interface Essential {
  readonly who: string;
  readonly user: RequestAttributes['user'];
  readonly requests: readonly Request[];
}

/** Requests without which a cluster comes to a stop, by who makes them. */
const ESSENTIAL: readonly Essential[] = [
  {
    who: KUBELETS,
    user: { name: 'system:node:worker-1', groups: ['system:nodes', AUTHENTICATED] },
    requests: [
      lease('update', 'kube-node-lease', 'worker-1'),
      { ...NOTHING, verb: 'get', resource: 'pods', namespace: 'default', name: 'web' },
    ],
  },
  ...['kube-controller-manager', 'kube-scheduler'].map((who) => ({
    who,
    user: { name: `system:${who}`, groups: [AUTHENTICATED] },
    requests: [lease('update', 'kube-system', who), { ...NOTHING, verb: 'list', resource: 'pods' }],
  })),
  ofAccount('kube-system', 'kube-system', 'coredns'),
];

function ofAccount(who: string, namespace: string, account: string): Essential {
  const name = serviceAccountUser(namespace, account);
  const requests = [{ ...NOTHING, verb: 'list', resource: 'services' }];
  return { who, user: { name, groups: groupsOf(name) }, requests };
}

const JANE = { name: 'jane', groups: [AUTHENTICATED] };
/** One of each kind of request, whose fields differ, by how a message names them. */
const KINDS: readonly { readonly examples: string; readonly requests: readonly Request[] }[] = [
  {
    examples: 'GET /api, /openapi/v3',
    requests: ['/api', '/openapi/v3'].map((path) => ({
      ...NOTHING,
      isResourceRequest: false,
      apiVersion: '',
      resource: '',
      verb: 'get',
      path,
    })),
  },
  {
    examples: 'get pods, list nodes',
    requests: [
      { ...NOTHING, verb: 'get', resource: 'pods', namespace: 'default', name: 'web' },
      { ...NOTHING, verb: 'list', resource: 'nodes' },
    ],
  },
];

/** Match conditions that cannot be computed for a whole kind of requests, whoever makes them. */
export function failingConditions({ matchConditions }: WebhookSettings): {
  readonly examples: string;
  readonly failed: FailedCondition;
}[] {
  return KINDS.flatMap(({ examples, requests }) => {
    const [first, ...others] = requests.map(
      (request) => matchConditions.match({ ...request, user: JANE }).failed,
    );
    return first !== undefined && others.every((failed) => failed !== undefined)
      ? [{ examples, failed: first }]
      : [];
  });
}

/** Where a webhook is reached; undefined where its kubeconfig is not among the sources. */
export function serverOf({ kubeConfigFile }: WebhookSettings, cluster: Cluster): string | undefined {
  const byFile = cluster.memo('kubeconfigs by file', () => {
    const shown = cluster.subjects('kubeconfig').filter(({ isHidden }) => !isHidden);
    return new Map(shown.map((kubeconfig) => [kubeconfigFile(kubeconfig), kubeconfig]));
  });
  return byFile.get(fileName(kubeConfigFile ?? ''))?.clusters[0]?.server;
}

/** The service accounts of a webhook's own pods, where it runs in the cluster whose requests it judges. */
function itself(webhook: WebhookSettings, cluster: Cluster): Essential[] {
  const destination = destinationOf(serverOf(webhook, cluster) ?? '', cluster);
  if (destination.kind !== 'service') return [];
  const pods = workloadsBehind(destination.service, cluster);
  const accounts = new Map(pods.map((pod) => [`${pod.namespace}/${pod.serviceAccountName}`, pod]));
  return [...accounts].map(([who, pod]) => ofAccount(who, pod.namespace, pod.serviceAccountName));
}

/**
 * Those who keep the cluster running and whose requests a webhook is asked about, because nobody before it answers them: service
 * accounts of kube-system by the name of their namespace, and those of the webhook itself.
 */
export function essentialsAsked(
  authorizers: Authorizers,
  index: number,
  webhook: WebhookSettings,
  cluster: Cluster,
): string[] {
  // The roles that every API server creates allow most of these; the webhook's own pods are then asked about as others are.
  if (authorizers.hasBefore(index, 'RBAC') || authorizers.hasBefore(index, 'AlwaysAllow')) return [];
  // A condition that fails decides like a webhook that does not answer.
  const skips = webhook.failurePolicy === 'Deny' ? ['no-match'] : ['no-match', 'error'];
  const isAskedOf = ({ user, requests }: Essential) =>
    requests.some((request) => !skips.includes(webhook.matchConditions.match({ ...request, user }).outcome));
  return [...ESSENTIAL, ...itself(webhook, cluster)]
    .filter(({ who }) => who !== KUBELETS || !authorizers.hasBefore(index, 'Node'))
    .filter(isAskedOf)
    .map(({ who }) => who);
}
