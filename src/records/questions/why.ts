import { RbacAuthorizer, RbacWorld, type RequestAttributes } from '../../engines/authorization/index.ts';
import { asObject, asString, isObject, type JsonObject, objectsIn } from '../../kubernetes/json.ts';
import { type AuthorizationReason, authorizationReason, type RbacName } from './authorization-reason.ts';
import { API_SERVER } from './controllers.ts';
import type { Entry } from './entry.ts';
import type { Investigation } from './investigation.ts';
import { type ObjectState, stateAt } from './object-history.ts';
import type { ObjectReference } from './object-reference.ts';
import type { UnknownReason } from './unknown.ts';

const GROUP = 'rbac.authorization.k8s.io';
/** Who allowed him who allowed it, and so on. */
const DEPTH = 4;

/** What is known of a role or binding at the time of a request. */
export interface Standing {
  readonly object: RbacName;
  /** `bootstrap`: as an API server of Kubernetes v1.37 creates it at start. */
  readonly known: ObjectState['known'] | 'bootstrap';
  /** Microseconds since the epoch; of a snapshot. */
  readonly asOf?: number;
  readonly reason?: UnknownReason;
  /** Who wrote it last before the request. */
  readonly writing?: Entry;
}

export interface AllowingRule {
  /** Field path in the role that states it. */
  readonly path: string;
  readonly verbs: readonly string[];
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames: readonly string[];
  readonly nonResourceURLs: readonly string[];
}

/** Why a request was let through or refused. */
export interface Grounds {
  readonly entry: Entry;
  readonly said: AuthorizationReason | undefined;
  readonly binding?: Standing;
  readonly role?: Standing;
  /** The rule of the role that allowed it; undefined where the role's rules of that time are not known, or none fits. */
  readonly rule?: AllowingRule;
  /** Roles whose rules the role takes over (aggregationRule), with who wrote them last. */
  readonly aggregated?: readonly Standing[];
  /** Why whoever wrote the binding last was allowed to, and so on. */
  readonly before?: Grounds;
  readonly unknown: readonly UnknownReason[];
}

/** Joins what the authorizer said to the roles and bindings that stood then, and to who made them. */
export function groundsOf(investigation: Investigation, entry: Entry): Promise<Grounds> {
  return grounds(investigation, entry, DEPTH, new Set());
}

async function grounds(
  investigation: Investigation,
  entry: Entry,
  depth: number,
  seen: Set<string>,
): Promise<Grounds> {
  seen.add(entry.id);
  if (entry.source !== 'audit') return { entry, said: undefined, unknown: ['source-does-not-tell'] };
  if (entry.outcome === 'refused' && entry.refusedBy === 'authentication')
    return { entry, said: undefined, unknown: ['refused-before-authorization'] };
  if (entry.decision === '') {
    const unknown = entry.outcome === 'open' ? 'end-not-recorded' : 'no-annotation';
    return { entry, said: undefined, unknown: [unknown] };
  }
  // With impersonation it was the other's rights that counted; his groups are not among the columns.
  const groups = entry.impersonated === '' ? entry.groups : [];
  const said = authorizationReason(entry.reason, entry.impersonated || entry.user, groups);
  if (said.by !== 'rbac' || entry.decision !== 'allow')
    return { entry, said, unknown: said.by === 'silent' ? ['no-reason-told'] : [] };

  const [bindingState, roleState] = await Promise.all([
    stateOf(investigation, entry, said.binding),
    stateOf(investigation, entry, said.role),
  ]);
  const binding = standing(said.binding, bindingState);
  const found = ruleOf(entry, said, bindingState, roleState);
  const role =
    found?.isBootstrap === true
      ? { object: said.role, known: 'bootstrap' as const }
      : standing(said.role, roleState);
  const aggregated = await aggregatedBy(investigation, entry, said.role, roleState);
  const maker = binding.writing;
  const before =
    maker === undefined || maker.user === API_SERVER || depth === 0 || seen.has(maker.id)
      ? undefined
      : await grounds(investigation, maker, depth - 1, seen);
  const unknown = [binding, role].flatMap(({ reason }) => reason ?? []);
  return {
    entry,
    said,
    binding:
      isBootstrapName(said.binding) && binding.known === 'unknown'
        ? { object: said.binding, known: 'bootstrap' }
        : binding,
    role,
    ...(found?.rule === undefined ? {} : { rule: found.rule }),
    ...(aggregated.length === 0 ? {} : { aggregated }),
    ...(before === undefined ? {} : { before }),
    unknown: [...new Set(unknown)],
  };
}

export function referenceOf({ kind, namespace, name }: RbacName): ObjectReference {
  return {
    group: GROUP,
    resources: [`${kind.toLowerCase()}s`],
    namespace: namespace === '' ? undefined : namespace,
    name,
    subresource: undefined,
  };
}

function stateOf(
  investigation: Investigation,
  { cluster, time }: Entry,
  name: RbacName,
): Promise<ObjectState> {
  return stateAt(investigation, cluster, referenceOf(name), time);
}

function standing(object: RbacName, state: ObjectState): Standing {
  return {
    object,
    known: state.known,
    ...('asOf' in state ? { asOf: state.asOf } : {}),
    ...('reason' in state ? { reason: state.reason } : {}),
    ...(state.writing === undefined ? {} : { writing: state.writing }),
  };
}

let madeAtStart: RbacWorld | undefined;

/** Made when it is asked for: most commands never do. */
function bootstrapWorld(): RbacWorld {
  madeAtStart ??= RbacWorld.of([]);
  return madeAtStart;
}

/** The rule that allows it, by the engine that decides as the API server does. */
function ruleOf(
  entry: Entry,
  said: AuthorizationReason & { by: 'rbac' },
  bindingState: ObjectState,
  roleState: ObjectState,
): { rule: AllowingRule | undefined; isBootstrap: boolean } | undefined {
  const built = bootstrapWorld().roles.find(({ object }) => isNamed(object, said.role))?.object;
  const isBootstrap = !('object' in roleState) && built !== undefined && said.role.kind === 'ClusterRole';
  const role = 'object' in roleState ? roleState.object : isBootstrap ? built : undefined;
  if (role === undefined) return undefined;
  const binding = 'object' in bindingState ? bindingState.object : bindingAsSaid(said);
  // The rules of an aggregated role are what its controller last wrote into it.
  const { aggregationRule: _, ...plain } = role;
  const world = isBootstrap
    ? RbacWorld.of([binding])
    : RbacWorld.of([{ ...plain, apiVersion: `${GROUP}/v1`, kind: said.role.kind }, binding], {
        bootstrap: false,
      });
  const { grant } = new RbacAuthorizer(world).authorize(attributesOf(entry, said));
  const isThis = grant !== undefined && isNamed(grant.grant.binding, said.binding);
  const rule = isThis ? grant.grant.rules[grant.ruleIndex] : undefined;
  if (rule === undefined) return { rule: undefined, isBootstrap };
  const { path, verbs, apiGroups, resources, resourceNames, nonResourceURLs } = rule;
  return { rule: { path, verbs, apiGroups, resources, resourceNames, nonResourceURLs }, isBootstrap };
}

function isNamed(object: JsonObject, { kind, name }: RbacName): boolean {
  return asString(object['kind']) === kind && asString(asObject(object['metadata'])?.['name']) === name;
}

function isBootstrapName(name: RbacName): boolean {
  return bootstrapWorld().grants.some(
    ({ binding, namespace }) => isNamed(binding, name) && (namespace ?? '') === name.namespace,
  );
}

/** The binding as the reason tells it: whom it gives which role. */
function bindingAsSaid({ binding, role, subject }: AuthorizationReason & { by: 'rbac' }): JsonObject {
  const { kind, namespace, name } = subject;
  return {
    apiVersion: `${GROUP}/v1`,
    kind: binding.kind,
    metadata: { name: binding.name, ...(binding.namespace === '' ? {} : { namespace: binding.namespace }) },
    roleRef: { apiGroup: GROUP, kind: role.kind, name: role.name },
    subjects: [kind === 'ServiceAccount' ? { kind, namespace, name } : { apiGroup: GROUP, kind, name }],
  };
}

/** What the authorizer was asked. The subject is the one that the reason names. */
function attributesOf(entry: Entry, { subject }: AuthorizationReason & { by: 'rbac' }): RequestAttributes {
  const { object, verb, uri } = entry;
  const account =
    subject.kind === 'ServiceAccount' ? `system:serviceaccount:${subject.namespace}:${subject.name}` : '';
  const path = uri.split('?')[0]!;
  return {
    user: {
      name: subject.kind === 'User' ? subject.name : account,
      groups: subject.kind === 'Group' ? [subject.name] : [],
    },
    verb,
    isResourceRequest: object !== undefined,
    apiGroup: object?.group ?? '',
    apiVersion: 'v1',
    resource: object?.resource ?? '',
    subresource: object?.subresource ?? '',
    namespace: object?.namespace ?? '',
    // The name of what is created is not in the path, which is all that the authorizer sees.
    name: verb === 'create' && object?.subresource === '' ? '' : (object?.name ?? ''),
    path: object === undefined ? path : '',
  };
}

/** Roles that an aggregated role takes rules from, of those that were written before. */
async function aggregatedBy(
  investigation: Investigation,
  entry: Entry,
  role: RbacName,
  state: ObjectState,
): Promise<Standing[]> {
  if (!('object' in state)) return [];
  const aggregation = asObject(state.object['aggregationRule']);
  if (aggregation === undefined) return [];
  const selectors = RbacLabels.of(aggregation);
  const writings = await investigation.done(
    entry.cluster,
    entry.time,
    [
      { column: 'resource', is: 'clusterroles' },
      { column: 'name', not: role.name },
      { column: 'verb', is: ['create', 'update', 'patch'] },
    ],
    20,
  );
  const found = new Map<string, Standing>();
  for (const writing of writings) {
    const name = writing.object?.name ?? '';
    if (name === '' || found.has(name)) continue;
    const body = await investigation.body(writing);
    const labels = asObject(asObject((body?.response ?? body?.request)?.['metadata'])?.['labels']);
    if (selectors.match(labels ?? {}))
      found.set(name, {
        object: { kind: 'ClusterRole', namespace: '', name },
        known: body?.response === undefined ? 'asked' : 'stood',
        writing,
      });
  }
  return [...found.values()];
}

/** matchLabels of an aggregation rule: any of its selectors, all labels of one. */
class RbacLabels {
  readonly #selectors: readonly JsonObject[];

  private constructor(selectors: readonly JsonObject[]) {
    this.#selectors = selectors;
  }

  static of(aggregation: JsonObject): RbacLabels {
    const all = objectsIn(aggregation['clusterRoleSelectors'])
      .map((selector) => selector['matchLabels'])
      .filter(isObject);
    return new RbacLabels(all.filter((labels) => Object.keys(labels).length > 0));
  }

  match(labels: JsonObject): boolean {
    return this.#selectors.some((selector) =>
      Object.entries(selector).every(([key, value]) => labels[key] === value),
    );
  }
}
