import type { CliWords } from '../../locales/cli.en.ts';
import type { Entry } from '../../records/questions/entry.ts';
import type { Link } from '../../records/questions/links/link.ts';
import type { Told } from '../../records/questions/question.ts';
import { timeText } from '../../records/time-text.ts';
import { foreign, type Line, line } from './answer-document.ts';

type Words = CliWords['records'];

/** `deployments.apps/scale shop/web`. */
export function objectText({ object, uri, namespace, pod }: Entry): string {
  if (object === undefined) return foreign(uri !== '' ? uri.split('?')[0]! : podName(namespace, pod));
  const { group, resource, subresource, name } = object;
  const type = [group === '' ? resource : `${resource}.${group}`, subresource]
    .filter((part) => part !== '')
    .join('/');
  // A namespace is its own namespace in audit events.
  const inside = object.namespace === '' || resource === 'namespaces' ? '' : `${object.namespace}/`;
  return foreign(`${type} ${inside}${name}`.trimEnd());
}

function podName(namespace: string, pod: string): string {
  return namespace === '' || pod === '' ? pod : `${namespace}/${pod}`;
}

/** Who did what, and how it ended: one line. */
export function entryText(words: Words, entry: Entry): string {
  const { user, impersonated, verb, source, message, reason } = entry;
  const code = entry.code < 0 ? '' : String(entry.code);
  const by = entry.refusedBy === undefined ? '' : words.refusedBy[entry.refusedBy];
  const who =
    user === '' && source !== 'audit'
      ? ''
      : words.actor({ user: foreign(user || '?'), impersonated: foreign(impersonated) });
  const outcome = words.outcome({ outcome: entry.outcome, by, code });
  const told = source === 'audit' ? '' : foreign(message || reason);
  return [
    source === 'audit' ? '' : words.source[source],
    who,
    foreign(verb),
    objectText(entry),
    told,
    outcome === '' ? '' : `– ${outcome}`,
  ]
    .filter((part) => part !== '')
    .join(' ');
}

/** From where, with which program, and in which cluster; empty where nothing is told. */
export function whereText(words: Words, entry: Entry): string {
  if (entry.source !== 'audit')
    return words.seenAt({
      pod: entry.object === undefined ? '' : foreign(entry.pod),
      container: foreign(entry.container),
      node: foreign(entry.node),
      cluster: foreign(entry.cluster),
    });
  return words.from({
    address: foreign(entry.ip),
    via: entry.ips.slice(1).map(foreign).join(', '),
    agent: foreign(entry.agent),
    cluster: foreign(entry.cluster),
  });
}

export function toldLines(words: Words, told: Told): Line[] {
  const { entry, relation, certainty, times, until } = told;
  const repeated = times > 1 ? words.times({ times, until: timeText(until) }) : '';
  const where = whereText(words, entry);
  const hint = words.listed({
    items: [words.relation[relation], certainty === 'possible' ? words.certainty.possible : ''].filter(
      (part) => part !== '',
    ),
  });
  return [
    line(`${timeText(entry.time)}  ${entryText(words, entry)}${repeated}`),
    ...(hint === '' ? [] : [line(hint, 2)]),
    ...(where === '' ? [] : [line(where, 2)]),
  ];
}

/** What joins two entries, and how certain that is. */
export function linkText(words: Words, { kind, certainty, evidence }: Link): string {
  return words.because({
    what: words.link[kind],
    certainty: words.certainty[certainty],
    evidence: words.listed({
      items: evidence.map(({ id, value }) => words.evidence[id]({ value: foreign(value) })),
    }),
  });
}

/** Each entry with what led to it below it, as deep as that is known; an entry is told once. */
export function causeLines(
  words: Words,
  entry: Entry,
  links: readonly Link[],
  depth: number,
  seen: Set<string>,
): Line[] {
  return links
    .filter(({ to }) => to === entry.id)
    .flatMap((link) => {
      const { from } = link;
      const own = [
        line(linkText(words, link), depth),
        line(`${timeText(from.time)}  ${entryText(words, from)}`, depth + 1),
      ];
      const where = whereText(words, from);
      if (where !== '') own.push(line(where, depth + 2));
      if (seen.has(from.id)) return own;
      seen.add(from.id);
      return [...own, ...causeLines(words, from, links, depth + 2, seen)];
    });
}
