import type { Subject } from '../../engines/authorization/index.ts';
import { EVIDENCE_API_VERSION, type KubernetesObject } from '../../kubernetes/object.ts';
import { escapeText, jsonText } from '../../reports/escape.ts';
import type { Context } from '../context.ts';
import type { Argument, Place, Reference } from './argument.ts';
import type { Setup } from './authorizers.ts';
import type { ActionNote } from './resource.ts';
import type { BlindSpot } from './sight.ts';

/** How many are named on a line. */
const NAMED_NODES = 10;

/** Words of what the questions share. */
export function blindSpotText({ words }: Pick<Context, 'words'>, spot: BlindSpot): string {
  const { blind } = words.access;
  switch (spot.code) {
    case 'list':
      return blind.list(spot);
    case 'namespace':
      return blind.namespace(spot);
    case 'documents':
      return blind.documents(spot);
    case 'authorizer':
      return blind.authorizer(spot);
    case 'configuration':
      return blind.configuration(spot);
    case 'role':
      return blind.role(spot);
    case 'authorizers':
      return blind.authorizers({ before: spot.before.join('; '), after: spot.after.join('; ') });
    case 'nodes':
      return blind.nodes({
        nodes: spot.nodes.slice(0, NAMED_NODES).join(', '),
        more: spot.nodes.length > NAMED_NODES,
      });
  }
}

export function noteText({ words }: Pick<Context, 'words'>, note: ActionNote): string {
  const { notes } = words.access;
  switch (note.code) {
    case 'unknown-resource':
      return notes.unknownResource(note);
    case 'unknown-verb':
      return notes.unknownVerb(note);
    case 'cluster-scoped':
      return notes.clusterScoped(note);
  }
}

/** Whom the API servers ask, and who says so. */
export function setupText(
  { words }: Pick<Context, 'words'>,
  { authorizers, statedBy, unseenFile, provider }: Setup,
): string {
  const names = authorizers.map(({ type, name }) => (type === 'Webhook' ? `${type} ${name}` : type));
  const all = [
    ...(unseenFile === undefined ? names : [unseenFile]),
    ...(provider === undefined ? [] : [provider]),
  ];
  return words.access.authorizers({
    authorizers: all.join(', '),
    statedBy: statedBy === undefined ? '' : statedByText(words, statedBy),
  });
}

function statedByText(words: Context['words'], { apiVersion, kind, name }: KubernetesObject): string {
  if (apiVersion !== EVIDENCE_API_VERSION) return `${kind} ${name}`.trimEnd();
  return kind === 'ClusterFacts' ? '/flagz' : words.access.processOf({ node: name });
}

/** `ServiceAccount shop/bot`, `Group devs`. */
export function subjectName({ kind, namespace, name }: Subject): string {
  return `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}

/** `Role shop/reader`. */
export function referenceName({ kind, namespace, name }: Omit<Reference, 'source'>): string {
  return `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}

export function placeText({ words }: Pick<Context, 'words'>, place: Place): string {
  if ('builtIn' in place) return words.access.builtIn();
  return 'api' in place ? place.api : `${place.file}:${place.line}`;
}

/** What a rule allows: `get, list on pods, pods/log`. */
export function ruleText({ words }: Pick<Context, 'words'>, rule: Argument['rule']): string {
  const types = rule.resources.map((resource) => resourceTypes(resource, rule.apiGroups));
  const what = [...types.flat(), ...rule.nonResourceURLs];
  return words.access.rule({
    verbs: rule.verbs.join(', '),
    what: what.join(', '),
    names: rule.resourceNames.join(', '),
  });
}

function resourceTypes(resource: string, groups: readonly string[]): string[] {
  const [type = '', ...below] = resource.split('/');
  const any = type === '*' && below.length === 0;
  return groups.map((group) =>
    [group === '' || (any && group === '*') ? type : `${type}.${group}`, ...below].join('/'),
  );
}

/** The lines of an argument, indented. */
export function argumentLines(
  context: Pick<Context, 'words'>,
  { subject, binding, role, rule }: Argument,
): string[] {
  const { words } = context;
  const bound = words.access.bound({
    binding: referenceName(binding),
    role: referenceName(role),
    subject: subjectName(subject),
  });
  const allowed = words.access.allowed({
    path: rule.path,
    role: rule.statedBy === undefined ? '' : referenceName(rule.statedBy),
    rule: ruleText(context, rule),
  });
  return [
    `  ${bound}  ${placeText(context, binding.source)}`,
    `    ${allowed}  ${placeText(context, rule.source)}`,
  ];
}

/** JSON that cannot act on a terminal; line breaks stay. */
export function jsonLines(value: unknown): string {
  return `${JSON.stringify(value, null, 1).split('\n').map(jsonText).join('\n')}\n`;
}

/** Lines for a terminal, whatever the names in them hold. */
export function terminalText(lines: readonly string[]): string {
  return lines.map((line) => `${escapeText(line)}\n`).join('');
}
