import {
  type AbacPolicy,
  type Authorizer,
  AuthorizerChain,
  authorizersOfFlags,
  type ChainAnswer,
  type ChainParts,
  type ConfigurationProblem,
  type ConfiguredAuthorizer,
  chainOf,
  isAuthorizationConfiguration,
  type RequestAttributes,
  readAbacFile,
  readAuthorizationConfiguration,
  type UserInfo,
} from '../../engines/authorization/index.ts';
import { ClusterFacts } from '../../kubernetes/cluster-facts.ts';
import { Component } from '../../kubernetes/component.ts';
import { asArray, asObject, asString } from '../../kubernetes/json.ts';
import { isNodeFacts } from '../../kubernetes/node-facts.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { Workload } from '../../kubernetes/workload.ts';
import type { BlindSpot } from './sight.ts';
import { NODES } from './subject.ts';

/** How an API server is told whom to ask. */
export interface Setup {
  readonly authorizers: readonly ConfiguredAuthorizer[];
  readonly problems: readonly ConfigurationProblem[];
  /** What says so; undefined where nothing does, and what kubeadm sets up is assumed. */
  readonly statedBy: KubernetesObject | undefined;
  /** The file of an AuthorizationConfiguration that was not seen; which authorizers there are is not known then. */
  readonly unseenFile?: string;
  /** Whoever runs the API server, where it lets people do what no role says; not seen, and so not decided. */
  readonly provider?: string;
}

/** Whom every installer since kubeadm lets the API server ask. */
const USUAL: readonly ConfiguredAuthorizer[] = [
  { type: 'Node', name: 'node', path: '' },
  { type: 'RBAC', name: 'rbac', path: '' },
];

/**
 * How the API servers among some objects are configured, each different way once: by flags of pods, processes and /flagz, or by
 * AuthorizationConfigurations. Where nothing says it, `Node,RBAC` is assumed.
 */
export function setupsOf(objects: readonly KubernetesObject[]): Setup[] {
  const documents = objects.filter(({ raw }) => isAuthorizationConfiguration(raw));
  const setups = objects.flatMap(apiServersOf).map((server) => ofFlags(server, documents));
  if (setups.length === 0) setups.push(...documents.map(ofDocument));
  if (setups.length === 0)
    return [{ authorizers: USUAL, problems: [], statedBy: undefined, ...providerOf(objects) }];
  const distinct = new Map(setups.map((setup) => [likenessOf(setup), setup]));
  return [...distinct.values()];
}

/** Managed clusters ask the provider's own identity management as well (IAM of GKE and EKS, Entra ID of AKS …). */
function providerOf(objects: readonly KubernetesObject[]): Pick<Setup, 'provider'> {
  const [facts] = objects.flatMap((object) => ClusterFacts.of(object) ?? []);
  return facts?.distribution.isManaged ? { provider: facts.distribution.name } : {};
}

/** An API server that runs as a pod or a process, or shows its flags. */
function apiServersOf(object: KubernetesObject): Component[] {
  const facts = ClusterFacts.of(object);
  if (facts !== undefined) return Component.ofFacts(facts);
  if (isNodeFacts(object)) return Component.ofProcesses(object).filter(isApiServer);
  if (object.kind !== 'Pod' || !mentionsApiServer(object)) return [];
  return Workload.of(object).flatMap(Component.of).filter(isApiServer);
}

function isApiServer({ name }: Component): boolean {
  return name === 'kube-apiserver';
}

/** Whether roles decide anything there. */
export function asksRoles({ authorizers }: Setup): boolean {
  return authorizers.some(({ type }) => type === 'RBAC');
}

/** Whether everybody may do everything there: only a webhook that is asked before could deny any of it. */
export function allowsEverything({ authorizers, problems, unseenFile }: Setup): boolean {
  const [decisive] = authorizers.filter(({ type }) => type === 'AlwaysAllow' || type === 'Webhook');
  return decisive?.type === 'AlwaysAllow' && problems.length === 0 && unseenFile === undefined;
}

/** A cheap look, since a cluster has many pods and few API servers. */
function mentionsApiServer({ spec }: KubernetesObject): boolean {
  return (asArray(spec['containers']) ?? []).some((item) => {
    const { command, args } = asObject(item) ?? {};
    const words = [...(asArray(command) ?? []), ...(asArray(args) ?? [])];
    return words.some((word) => (asString(word) ?? '').includes('kube-apiserver'));
  });
}

function ofFlags(server: Component, documents: readonly KubernetesObject[]): Setup {
  const statedBy = server.object;
  const reading = authorizersOfFlags((name) => server.values(name));
  if (reading !== undefined) return { ...reading, statedBy };
  const file = server.flag('authorization-config') ?? '';
  const document = documents.find(({ origin }) => fileName(origin.file.path) === fileName(file));
  return document === undefined
    ? { authorizers: USUAL, problems: [], statedBy, unseenFile: file }
    : ofDocument(document);
}

function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function ofDocument(document: KubernetesObject): Setup {
  return { ...readAuthorizationConfiguration(document.raw), statedBy: document };
}

/** What two API servers that ask the same have in common. */
function likenessOf({ authorizers, unseenFile }: Setup): string {
  return JSON.stringify([
    unseenFile,
    authorizers.map(({ type, name, webhook }) => [type, name, webhook?.failurePolicy, webhook?.expressions]),
  ]);
}

/** The policies of ABAC among some objects; undefined where there are none, since a file of none is hardly ever meant. */
export function abacPoliciesOf(objects: readonly KubernetesObject[]): readonly AbacPolicy[] | undefined {
  const stated = objects.filter(
    ({ group, kind }) => group === 'abac.authorization.kubernetes.io' && kind === 'Policy',
  );
  if (stated.length === 0) return undefined;
  return stated.flatMap(({ raw }) => readAbacFile(JSON.stringify(raw)).policies);
}

/** What JSON says of whom the API servers ask. */
export function authorizersJson(setups: readonly Setup[]) {
  return setups.map(({ authorizers, problems, statedBy, unseenFile, provider }) => ({
    asked: unseenFile === undefined ? authorizers.map(({ type, name }) => ({ type, name })) : null,
    assumed: statedBy === undefined,
    ...(unseenFile === undefined ? {} : { unseenFile }),
    ...(provider === undefined ? {} : { provider }),
    ...(problems.length === 0 ? {} : { problems }),
  }));
}

/** The authorizers beside roles that may let a user, or anybody where none is given, do something; what they say is not listed. */
export function authorizersBeside(setups: readonly Setup[], user?: UserInfo): BlindSpot[] {
  return setups.flatMap(({ authorizers, problems, unseenFile, provider }) => {
    const others = authorizers.filter(
      ({ type }) =>
        type !== 'RBAC' && type !== 'AlwaysDeny' && (type !== 'Node' || user?.groups.includes(NODES)),
    );
    const spots = others.map(({ type, name }): BlindSpot => ({ code: 'authorizer', type, name }));
    const [refused] = problems;
    if (refused !== undefined) spots.push({ code: 'configuration', problem: refused.message });
    if (unseenFile !== undefined) spots.push({ code: 'authorizer', type: '', name: unseenFile });
    if (provider !== undefined && (user === undefined || isPerson(user))) {
      spots.push({ code: 'authorizer', type: '', name: provider });
    }
    return spots;
  });
}

/** Asks as every one of some API servers would; where they would not say the same, the answer is unknown. */
export class ConfiguredChains {
  readonly #chains: readonly AuthorizerChain[];

  constructor(setups: readonly Setup[], parts: ChainParts) {
    this.#chains = setups.map((setup) => chainOfSetup(setup, parts));
  }

  authorize(attributes: RequestAttributes): ChainAnswer {
    const [first, ...others] = this.#chains.map((chain) => chain.authorize(attributes));
    if (others.every(({ decision }) => decision === first!.decision)) return first!;
    return {
      decision: 'unknown',
      reason: 'API servers are configured with different authorizers',
      otherwise: first!,
    };
  }
}

function chainOfSetup(setup: Setup, parts: ChainParts): AuthorizerChain {
  const { authorizers, problems, unseenFile, provider } = setup;
  const [refused] = problems;
  if (refused !== undefined) {
    // It does not start with that, or goes on with what it read before.
    const authorizer = undecided(`the API server does not take its configuration: ${refused.message}`);
    return new AuthorizerChain([{ name: setup.statedBy?.name ?? '', authorizer }]);
  }
  // The first link is for system:masters, and every chain has it.
  const [, ...links] = chainOf(authorizers, parts).links;
  if (unseenFile !== undefined) {
    links.unshift({
      name: unseenFile,
      authorizer: undecided(`decided by ${unseenFile}, which was not seen`),
    });
  }
  if (provider !== undefined) {
    const authorizer = undecided(`${provider} may allow it by its own means`, isPerson);
    links.push({ name: provider, authorizer });
  }
  return new AuthorizerChain(links);
}

/** Stands for an authorizer that may have any opinion. */
function undecided(reason: string, isAsked: (user: UserInfo) => boolean = () => true): Authorizer {
  return {
    mode: 'Webhook',
    authorize: ({ user }) =>
      isAsked(user) ? { decision: 'unknown', reason } : { decision: 'no-opinion', reason: '' },
  };
}

/** Whether a provider of clusters can know the user: names that begin with `system:` are Kubernetes' own. */
function isPerson({ name, groups }: UserInfo): boolean {
  return name === '' ? groups.some((group) => !group.startsWith('system:')) : !name.startsWith('system:');
}
