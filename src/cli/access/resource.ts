import type { RequestAttributes } from '../../engines/authorization/index.ts';
import type { ApiResource, ApiResources } from '../../kubernetes/api-resources.ts';
import { nearest } from '../../kubernetes/spelling.ts';
import { UsageError } from '../usage-error.ts';

/** What a question asks for, before it is known who asks. */
export type Action = Omit<RequestAttributes, 'user'>;

export interface ActionFlags {
  /** Empty for cluster-scoped resources, and for all namespaces. */
  readonly namespace: string;
  readonly subresource?: string;
  readonly name?: string;
  /** Whether a rule names the resource in this very spelling. */
  readonly isNamed: (resource: string) => boolean;
}

/** What the user should know of how the arguments were taken. */
export type ActionNote =
  | { readonly code: 'unknown-resource'; readonly resource: string; readonly near: readonly string[] }
  | {
      readonly code: 'unknown-verb';
      readonly verb: string;
      readonly resource: string;
      readonly verbs: readonly string[];
    }
  | { readonly code: 'cluster-scoped'; readonly resource: string; readonly namespace: string };

export interface ParsedAction {
  readonly action: Action;
  /** Asked of all namespaces, so that the answer for one of them may be another. */
  readonly isAnywhere: boolean;
  readonly notes: readonly ActionNote[];
}

/** Names of subresources that resources of any API may have. */
const COMMON_SUBRESOURCES = ['scale', 'status'];

/**
 * The action that VERB and RESOURCE name, as `kubectl auth can-i` reads them: a resource by its plural, singular or short name
 * with its group behind a dot (`deploy.apps`), what is below it behind a slash (`pods/log`, `pods/web`, `pods/web/log`), or a
 * path (`/healthz`). What stands behind one slash is a subresource where the resource has one of that name.
 */
export function parseAction(
  verb: string,
  input: string,
  resources: ApiResources,
  flags: ActionFlags,
): ParsedAction {
  if (input.startsWith('/'))
    return {
      action: { ...NOTHING, verb, isResourceRequest: false, path: input },
      isAnywhere: false,
      notes: [],
    };
  const [type = '', ...below] = input.split('/');
  if (type === '' || below.includes('')) throw notAResource(input);
  const dot = type.indexOf('.');
  const plain = dot < 0 ? type : type.slice(0, dot);
  const group = dot < 0 ? undefined : type.slice(dot + 1);
  // The API server tells capitals apart, and kubectl does not: a rule that has them can only be asked for with them.
  const isLiteral = plain !== plain.toLowerCase() && flags.isNamed(plain);
  const known = isLiteral ? undefined : findResource(resources, plain, group);
  const notes: ActionNote[] = [];
  if (known === undefined && !isLiteral && plain !== '*' && group === undefined)
    notes.push({ code: 'unknown-resource', resource: type, near: nearest(plain, resources.names) });
  const { name, subresource } = partsOf(below, known, flags, input);
  const resource = known?.resource ?? plain;
  const verbs = subresource === '' ? (known?.verbs ?? []) : [];
  if (verb !== '*' && verbs.length > 0 && !isVerbOf(verb, verbs))
    notes.push({ code: 'unknown-verb', verb, resource, verbs });
  const namespace = namespaceOf(known, name, flags, notes);
  const apiGroup = known?.group ?? (plain === '*' ? (group ?? '*') : (group ?? ''));
  const action = {
    ...NOTHING,
    verb,
    isResourceRequest: true,
    apiGroup,
    apiVersion: '*',
    resource,
    subresource,
    namespace,
    name,
  };
  return { action, isAnywhere: known?.namespaced !== false && namespace === '', notes };
}

const NOTHING = {
  apiGroup: '',
  apiVersion: '',
  resource: '',
  subresource: '',
  namespace: '',
  name: '',
  path: '',
} as const;

/** `deployments.v1.apps` too, which kubectl takes. */
function findResource(
  resources: ApiResources,
  name: string,
  group: string | undefined,
): ApiResource | undefined {
  const found = resources.find(name, group);
  if (found !== undefined || group === undefined) return found;
  const unversioned = /^v\d+(?:(?:alpha|beta)\d+)?(?:\.(.*))?$/.exec(group);
  return unversioned === null ? undefined : resources.find(name, unversioned[1] ?? '');
}

/** Name and subresource, out of what stands behind slashes and of the flags. */
function partsOf(
  below: readonly string[],
  known: ApiResource | undefined,
  flags: ActionFlags,
  input: string,
): { readonly name: string; readonly subresource: string } {
  const { name = '', subresource = '' } = flags;
  if (below.length === 0) return { name, subresource };
  // Names of signers have a slash of their own: signers/kubernetes.io/kubelet-serving.
  const [first = '', ...rest] = known?.resource === 'signers' ? [below.join('/')] : below;
  if (rest.length > 1) throw notAResource(input);
  const isSubresource =
    rest.length === 0 &&
    (known?.subresources.includes(first) || (known === undefined && COMMON_SUBRESOURCES.includes(first)));
  const said = isSubresource ? { subresource: first } : { name: first, subresource: rest[0] };
  if (said.subresource !== undefined && subresource !== '')
    throw twice('--subresource', said.subresource, subresource);
  if ('name' in said && name !== '') throw twice('--name', said.name ?? '', name);
  return { name: 'name' in said ? (said.name ?? '') : name, subresource: said.subresource ?? subresource };
}

/** What verbs like `*` and `use` mean is known to no list of verbs; a misspelt one should not pass in silence all the same. */
function isVerbOf(verb: string, verbs: readonly string[]): boolean {
  return verbs.includes(verb) || BEYOND_DISCOVERY.has(verb);
}

/** Verbs that are asked of the authorizer beside the request itself. */
const BEYOND_DISCOVERY: ReadonlySet<string> = new Set([
  'approve',
  'attest',
  'bind',
  'escalate',
  'impersonate',
  'sign',
  'use',
]);

/** A request for a namespace by its name is one in that namespace; no other resource of the whole cluster is in one. */
function namespaceOf(
  known: ApiResource | undefined,
  name: string,
  { namespace }: ActionFlags,
  notes: ActionNote[],
): string {
  if (known === undefined || known.namespaced) return namespace;
  if (known.group === '' && known.resource === 'namespaces') return name;
  if (namespace !== '') notes.push({ code: 'cluster-scoped', resource: known.resource, namespace });
  return '';
}

function notAResource(input: string): UsageError {
  return new UsageError((words) => words.usage.notAResource({ resource: input }));
}

function twice(flag: string, first: string, second: string): UsageError {
  return new UsageError((words) => words.usage.repeated({ flag, first, second }));
}

/** The resource as it is typed: `deployments.apps/scale`; a path as it is. */
export function resourceText({
  isResourceRequest,
  resource,
  apiGroup,
  subresource,
  name,
  path,
}: Action): string {
  if (!isResourceRequest) return path;
  const type = apiGroup === '' ? resource : `${resource}.${apiGroup}`;
  return [type, name, subresource].filter((part) => part !== '').join('/');
}
