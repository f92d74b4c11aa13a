import type { Generated, GeneratedRule, Use } from '../../engines/authorization/index.ts';
import { asArray, asObject, asString, type Json, type JsonObject } from '../../kubernetes/json.ts';
import type { GeneratedWords } from '../../locales/generated-words.ts';
import { escapeText } from '../../reports/escape.ts';
import { timeText } from '../audit-log.ts';
import { scalar as yamlScalar } from '../yaml-scalar.ts';
import { resourceText } from './resource.ts';

/** Actions that are named in a comment. */
const NAMED = 10;
/** Bindings of one role from which on another way is pointed out. */
const MANY = 10;

export interface Provenance {
  readonly version: string;
  readonly requests: number;
  readonly period: { readonly from: number; readonly to: number } | undefined;
  readonly hours: { readonly seen: number; readonly all: number };
  readonly events: number;
  readonly files: readonly string[];
}

/**
 * Generated roles and bindings as a YAML stream for `kubectl apply -f -`, with what stands behind each rule as a comment.
 *
 * @param objects of `generated`, in its order
 */
export function generatedYaml(
  generated: Generated,
  objects: readonly JsonObject[],
  subject: string,
  provenance: Provenance,
  words: GeneratedWords,
): string {
  const documents = objects.map((object, index) => documentOf(object, generated.roles[index]?.rules, words));
  const head = headOf(generated, subject, provenance, words).map(comment).join('');
  if (documents.length === 0) return `${head}${comment(words.nothing())}`;
  return `${head}${documents.join('---\n')}`;
}

function headOf(
  { bindings, granted, refused, ungrantable, hiddenNeeds }: Generated,
  subject: string,
  { version, requests, period, hours, events, files }: Provenance,
  words: GeneratedWords,
): string[] {
  const introduction = words.introduction({
    version,
    subject,
    requests,
    period: period === undefined ? '' : `${timeText(period.from)} – ${timeText(period.to)}`,
    hoursSeen: hours.seen,
    hours: hours.all,
    events,
    files: files.length > 3 ? `${files.slice(0, 3).join(', ')}, …` : files.join(', '),
  });
  const sharing = bindings.filter(
    ({ kind, role }) => kind === 'RoleBinding' && role.kind === 'ClusterRole',
  ).length;
  return [
    ...introduction,
    ...(sharing > MANY ? [words.manyNamespaces({ count: sharing })] : []),
    ...hiddenNeeds.map((need) => words.hiddenNeeds[need]),
    ...(granted.length === 0 ? [] : [words.granted({ actions: actions(granted, words) })]),
    ...(refused.length === 0 ? [] : [words.refused({ actions: actions(refused, words) })]),
    ...(ungrantable.length === 0 ? [] : [words.ungrantable({ actions: actions(ungrantable, words) })]),
  ];
}

function actions(uses: readonly Use[], words: GeneratedWords): string {
  const named = [...uses].sort((a, b) => b.count - a.count).slice(0, NAMED);
  const texts = named.map(({ action, names, count }) => {
    const [name = ''] = names.size === 1 ? names : [];
    const what = resourceText({ ...action, name, apiVersion: '' });
    return words.times({
      action: words.action({ verb: action.verb, what, namespace: action.namespace }),
      count,
    });
  });
  if (uses.length > NAMED) texts.push(words.more({ count: uses.length - NAMED }));
  return texts.join(words.comma);
}

function documentOf(
  object: JsonObject,
  rules: readonly GeneratedRule[] | undefined,
  words: GeneratedWords,
): string {
  const metadata = asObject(object['metadata']);
  const namespace = asString(metadata?.['namespace']);
  let text = `apiVersion: ${scalar(object['apiVersion'])}\nkind: ${scalar(object['kind'])}\nmetadata:\n`;
  text += `  name: ${scalar(metadata?.['name'])}\n`;
  if (namespace !== undefined) text += `  namespace: ${scalar(namespace)}\n`;
  if (rules !== undefined) {
    const items = (asArray(object['rules']) ?? []).map((rule, index) => {
      const why = comment(evidenceOf(rules[index]!, words)).replace(/^/gm, '  ').trimEnd();
      return `${why}\n${entry(asObject(rule) ?? {})}`;
    });
    return `${text}rules:\n${items.join('')}`;
  }
  const reference = Object.entries(asObject(object['roleRef']) ?? {});
  text += `roleRef:\n${reference.map(([key, value]) => `  ${key}: ${scalar(value)}\n`).join('')}`;
  return `${text}subjects:\n${(asArray(object['subjects']) ?? []).map((item) => entry(asObject(item) ?? {})).join('')}`;
}

/** One item of a list: an object with texts, and lists of texts. */
function entry(object: JsonObject): string {
  const lines = Object.entries(object).map(([key, value]) => `${key}: ${flow(value)}`);
  return lines.map((line, index) => `  ${index === 0 ? '- ' : '  '}${line}\n`).join('');
}

function flow(value: Json | undefined): string {
  return Array.isArray(value) ? `[${value.map(scalar).join(', ')}]` : scalar(value);
}

function scalar(value: Json | undefined): string {
  return yamlScalar(asString(value) ?? '');
}

function evidenceOf({ evidence, resourceNames }: GeneratedRule, words: GeneratedWords): string {
  const { count, last, names, hasMoreNames, expanded, occasions, refused } = evidence;
  return [
    words.evidence({ count, last: timeText(last) }),
    ...(names > 0 && resourceNames.length === 0
      ? [words.namesLeftOut({ count: names, hasMore: hasMoreNames })]
      : []),
    ...(expanded.length === 0 ? [] : [words.expanded({ verbs: expanded.join(', ') })]),
    ...occasions.flatMap((each) =>
      each in words.occasion ? [words.occasion[each as keyof typeof words.occasion]] : [],
    ),
    ...(refused ? [words.refusedRule()] : []),
  ].join(words.separator);
}

/** Names in logs are anybody's text: none of them ends a comment. */
function comment(line: string): string {
  return `# ${escapeText(line)}\n`;
}
