import { asksForDryRun, isDeletion } from '../audit/dry-run.ts';
import { isMachinery } from './controllers.ts';
import type { Entry } from './entry.ts';
import type { SixQuestion, Unknown, UnknownReason } from './unknown.ts';

/** Users of kubeconfigs that are made once for a cluster and handed on: kubeadm, kops, k3s, minikube, EKS's creator. */
const SHARED_USERS: ReadonlySet<string> = new Set([
  'kubernetes-admin',
  'kubernetes-super-admin',
  'system:admin',
  'admin',
  'kubecfg',
  'minikube-user',
  'minikube',
  'masterclient',
  'clusterUser',
  'clusterAdmin',
]);

/** What an entry by itself leaves open of the six questions. */
export function unknownOf(entry: Entry): Unknown[] {
  const all: Unknown[] = [];
  const add = (question: SixQuestion, reason: UnknownReason) => all.push({ question, reason });
  if (entry.source !== 'audit') {
    if (entry.user === '') add('who', 'source-does-not-tell');
    if (entry.node === '' && entry.ip === '') add('where', 'source-does-not-tell');
    if (entry.reason === '') add('why', 'source-does-not-tell');
    return all;
  }
  if (entry.user === 'system:anonymous' || entry.user === '') add('who', 'anonymous');
  else if (isShared(entry)) add('who', 'subject-shared-credential');
  if (entry.object !== undefined && entry.object.name === '' && entry.verb === 'create')
    add('what', 'object-not-told');
  if (entry.outcome === 'open') add('what', 'end-not-recorded');
  else if (mayBeDryRun(entry)) add('what', 'dry-run-not-told');
  else if (changes(entry) && entry.level === 'Metadata') add('what', 'level-metadata-no-body');
  if (entry.redactions > 0) add('what', 'redacted');
  if (entry.ip === '') add('where', 'address-not-told');
  else if (entry.ips.length > 1) add('where', 'addresses-from-client');
  if (entry.outcome === 'refused' && entry.refusedBy === 'authentication')
    add('why', 'refused-before-authorization');
  else if (entry.decision === '') add('why', entry.outcome === 'open' ? 'end-not-recorded' : 'no-annotation');
  else if (entry.reason === '' && entry.decision === 'allow' && !isExplained(entry))
    add('why', 'no-reason-told');
  if (entry.credential === '' && entry.user !== 'system:anonymous') add('where', 'credential-not-told');
  return all;
}

/** A person behind a credential that many may hold. */
function isShared({ user, groups, credential }: Entry): boolean {
  // An assumed role names its session: `…:assumed-role/Admin/joe`.
  if (credential.startsWith('aws ')) return false;
  return SHARED_USERS.has(user) || (groups.includes('system:masters') && !user.startsWith('system:'));
}

function isExplained(entry: Entry): boolean {
  return entry.groups.includes('system:masters') || isMachinery(entry);
}

/** A deletion whose query asks for a dry run, which counts only without a body, and that is not recorded. */
function mayBeDryRun({ verb, object, uri, outcome, level }: Entry): boolean {
  const isAsked = isDeletion(verb) && asksForDryRun(verb, object?.subresource ?? '', uri);
  return outcome === 'done' && level === 'Metadata' && isAsked;
}

function changes({ verb, outcome, object }: Entry): boolean {
  return outcome === 'done' && ['create', 'update', 'patch'].includes(verb) && object?.subresource === '';
}
