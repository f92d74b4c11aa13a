import type { Answer, Authorizer, RequestAttributes, UserInfo } from '../attributes.ts';
import type { NodeGraph, NodeObjectKind } from './graph.ts';
import { isAllowedToAllNodes } from './rules.ts';

const ALLOW: Answer = Object.freeze({ decision: 'allow', reason: '' });

function none(reason: string): Answer {
  return { decision: 'no-opinion', reason };
}

const NO_OPINION = Object.freeze(none(''));

const NODES_GROUP = 'system:nodes';
const NODE_USER = 'system:node:';
const LEASE_NAMESPACE = 'kube-node-lease';

/** API groups of the resources that are not the same for all nodes. */
const GROUPS: ReadonlyMap<string, string> = new Map([
  ['secrets', ''],
  ['configmaps', ''],
  ['persistentvolumeclaims', ''],
  ['persistentvolumes', ''],
  ['resourceclaims', 'resource.k8s.io'],
  ['volumeattachments', 'storage.k8s.io'],
  ['serviceaccounts', ''],
  ['leases', 'coordination.k8s.io'],
  ['csinodes', 'storage.k8s.io'],
  ['resourceslices', 'resource.k8s.io'],
  ['nodes', ''],
  ['pods', ''],
  ['podcertificaterequests', 'certificates.k8s.io'],
]);

interface NodeAuthorizerOptions {
  /**
   * Whether the graph was made of everything in the cluster. Where it was not, the node may have to do with more than is
   * seen, and what depends on that is unknown. A set names the kinds of objects whose relations to nodes were all seen.
   */
  readonly isComplete: boolean | ReadonlySet<NodeObjectKind>;
}

/**
 * The Node authorizer with the feature gates that v1.37 has by default: a kubelet may read what its pods name, and write what is
 * its own (k8s.io/kubernetes plugin/pkg/auth/authorizer/node). Some of that is narrowed further at admission, by NodeRestriction.
 */
export class NodeAuthorizer implements Authorizer {
  readonly mode = 'Node';
  readonly #graph: NodeGraph;
  readonly #isComplete: boolean | ReadonlySet<NodeObjectKind>;

  constructor(graph: NodeGraph, { isComplete }: NodeAuthorizerOptions) {
    this.#graph = graph;
    this.#isComplete = isComplete;
  }

  authorize(attributes: RequestAttributes): Answer {
    const node = nodeOf(attributes.user);
    if (node === undefined) return NO_OPINION;
    if (node === '') return none(`unknown node for user ${JSON.stringify(attributes.user.name)}`);
    if (attributes.isResourceRequest) {
      const answer = this.#authorizeResource(node, attributes);
      if (answer !== undefined) return answer;
    }
    return isAllowedToAllNodes(attributes) ? ALLOW : NO_OPINION;
  }

  /** Undefined for resources that all nodes may use alike. */
  #authorizeResource(node: string, attributes: RequestAttributes): Answer | undefined {
    const { apiGroup, resource, subresource } = attributes;
    if (GROUPS.get(resource) !== apiGroup) return undefined;
    switch (resource) {
      case 'secrets':
        return this.#readNamespaced(node, 'Secret', attributes);
      case 'configmaps':
        return this.#readNamespaced(node, 'ConfigMap', attributes);
      case 'persistentvolumeclaims':
        return subresource === 'status'
          ? this.#updateStatus(node, 'PersistentVolumeClaim', attributes)
          : this.#get(node, 'PersistentVolumeClaim', attributes);
      case 'persistentvolumes':
        return this.#get(node, 'PersistentVolume', attributes);
      case 'resourceclaims':
        return this.#get(node, 'ResourceClaim', attributes);
      case 'volumeattachments':
        return this.#get(node, 'VolumeAttachment', attributes);
      case 'serviceaccounts':
        return attributes.verb === 'get' && subresource === ''
          ? this.#readNamespaced(node, 'ServiceAccount', attributes)
          : this.#createToken(node, attributes);
      case 'leases':
        return authorizeLease(node, attributes);
      case 'csinodes':
        return authorizeCsiNode(node, attributes);
      case 'resourceslices':
        return this.#authorizeResourceSlice(node, attributes);
      case 'nodes':
        return authorizeNode(node, attributes);
      case 'pods':
        return this.#authorizePod(node, attributes);
      case 'podcertificaterequests':
        return this.#authorizePodCertificateRequest(node, attributes);
      default:
        return undefined;
    }
  }

  #updateStatus(node: string, kind: NodeObjectKind, attributes: RequestAttributes): Answer {
    if (!isOneOf(attributes.verb, 'update', 'patch')) return none('can only get/update/patch this type');
    return this.#related(node, kind, attributes);
  }

  #get(node: string, kind: NodeObjectKind, attributes: RequestAttributes): Answer {
    if (attributes.verb !== 'get') return none('can only get individual resources of this type');
    if (attributes.subresource !== '') return none('cannot get subresource');
    return this.#related(node, kind, attributes);
  }

  #readNamespaced(node: string, kind: NodeObjectKind, attributes: RequestAttributes): Answer {
    if (!isRead(attributes.verb)) return none('can only read resources of this type');
    if (attributes.subresource !== '') return none('cannot read subresource');
    if (attributes.namespace === '') return none('can only read namespaced object of this type');
    return this.#related(node, kind, attributes);
  }

  #createToken(node: string, attributes: RequestAttributes): Answer {
    if (attributes.verb !== 'create' || attributes.name === '')
      return none('can only create tokens for individual service accounts');
    if (attributes.subresource !== 'token')
      return none('can only create token subresource of serviceaccount');
    return this.#related(node, 'ServiceAccount', attributes);
  }

  #authorizeResourceSlice(node: string, attributes: RequestAttributes): Answer {
    const { verb, subresource } = attributes;
    if (subresource !== '') return none('cannot authorize ResourceSlice subresources');
    if (verb === 'create') return ALLOW;
    if (isOneOf(verb, 'get', 'update', 'patch', 'delete'))
      return this.#related(node, 'ResourceSlice', attributes);
    if (isOneOf(verb, 'watch', 'list', 'deletecollection'))
      return selectsField(attributes, 'spec.nodeName', node)
        ? ALLOW
        : none('can only list/watch/deletecollection resourceslices with nodeName field selector');
    return none(
      'only the following verbs are allowed for a ResourceSlice: get, watch, list, create, update, patch, delete, deletecollection',
    );
  }

  #authorizePod(node: string, attributes: RequestAttributes): Answer {
    const { verb, subresource, name } = attributes;
    switch (subresource) {
      case '':
        if (verb === 'get') return this.#related(node, 'Pod', attributes);
        if (verb === 'list' || verb === 'watch') {
          if (selectsField(attributes, 'spec.nodeName', node)) return ALLOW;
          if (name !== '') return this.#related(node, 'Pod', attributes);
          return none('can only list/watch pods with spec.nodeName field selector');
        }
        return isOneOf(verb, 'create', 'delete') ? ALLOW : NO_OPINION;
      case 'status':
        return isOneOf(verb, 'update', 'patch') ? ALLOW : NO_OPINION;
      case 'eviction':
        return verb === 'create' ? ALLOW : NO_OPINION;
      default:
        return NO_OPINION;
    }
  }

  #authorizePodCertificateRequest(node: string, attributes: RequestAttributes): Answer {
    if (attributes.subresource !== '')
      return none('nodes may not access the status subresource of PodCertificateRequests');
    switch (attributes.verb) {
      case 'create':
        return ALLOW;
      case 'get':
        return this.#related(node, 'PodCertificateRequest', attributes);
      case 'list':
      case 'watch':
        return selectsField(attributes, 'spec.nodeName', node)
          ? ALLOW
          : none('can only list/watch podcertificaterequests with nodeName field selector');
      default:
        return none(`nodes may not ${attributes.verb} podcertificaterequests`);
    }
  }

  #related(node: string, kind: NodeObjectKind, { namespace, name }: RequestAttributes): Answer {
    if (name === '') return none('No Object name found');
    if (this.#graph.leadsTo(kind, namespace, name, node)) return ALLOW;
    const isSeen = typeof this.#isComplete === 'boolean' ? this.#isComplete : this.#isComplete.has(kind);
    if (isSeen) return none(`no relationship found between node '${node}' and this object`);
    const reason = `not all pods and volumes were seen that may lead node '${node}' to this object`;
    return { decision: 'unknown', reason };
  }
}

/** The node that a user is; empty where it has no name, undefined where the user is no node (pkg/auth/nodeidentifier). */
function nodeOf({ name, groups }: UserInfo): string | undefined {
  return name.startsWith(NODE_USER) && groups.includes(NODES_GROUP)
    ? name.slice(NODE_USER.length)
    : undefined;
}

function authorizeLease(node: string, { verb, namespace, name }: RequestAttributes): Answer {
  if (!isOwnObjectVerb(verb)) return none('can only get, create, update, patch, or delete a node lease');
  if (namespace !== LEASE_NAMESPACE)
    return none(`can only access leases in the "${LEASE_NAMESPACE}" system namespace`);
  // On create the name is not known yet.
  if (verb !== 'create' && name !== node)
    return none('can only access node lease with the same name as the requesting node');
  return ALLOW;
}

function authorizeCsiNode(node: string, { verb, subresource, name }: RequestAttributes): Answer {
  if (subresource === 'status') return none('CSINode status access requires CSIVolumeHealth feature');
  if (subresource !== '') return none('cannot authorize CSINode subresources');
  if (!isOwnObjectVerb(verb)) return none('can only get, create, update, patch, or delete a CSINode');
  if (verb !== 'create' && name !== node)
    return none('can only access CSINode with the same name as the requesting node');
  return ALLOW;
}

function authorizeNode(node: string, { verb, subresource, name }: RequestAttributes): Answer {
  if (subresource === 'status') return isOneOf(verb, 'update', 'patch') ? ALLOW : NO_OPINION;
  if (subresource !== '') return NO_OPINION;
  if (isOneOf(verb, 'create', 'update', 'patch')) return ALLOW;
  if (!isRead(verb)) return NO_OPINION;
  if (name === node) return ALLOW;
  return none(
    name === ''
      ? `node '${node}' cannot read all nodes, only its own Node object`
      : `node '${node}' cannot read '${name}', only its own Node object`,
  );
}

function isOneOf(verb: string, ...verbs: readonly string[]): boolean {
  return verbs.includes(verb);
}

function isRead(verb: string): boolean {
  return verb === 'get' || verb === 'list' || verb === 'watch';
}

function isOwnObjectVerb(verb: string): boolean {
  return isOneOf(verb, 'get', 'create', 'update', 'patch', 'delete');
}

/** One value of a SubjectAccessReview's `In` is what `=` of a field selector becomes. */
function selectsField({ fieldSelector = [] }: RequestAttributes, key: string, value: string): boolean {
  return fieldSelector.some(
    (requirement) =>
      requirement.key === key &&
      requirement.operator === 'In' &&
      requirement.values.length === 1 &&
      requirement.values[0] === value,
  );
}
