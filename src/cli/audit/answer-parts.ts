import type { CliWords } from '../../locales/cli.en.ts';
import type { RbacName } from '../../records/questions/authorization-reason.ts';
import type { Chain } from '../../records/questions/how.ts';
import type { Life } from '../../records/questions/lives.ts';
import type { Origin } from '../../records/questions/origins.ts';
import { SIX, type Unknown } from '../../records/questions/unknown.ts';
import type { AllowingRule, Grounds, Standing } from '../../records/questions/why.ts';
import { timeText } from '../../records/time-text.ts';
import { foreign, type Line, line } from './answer-document.ts';
import { causeLines, entryText } from './answer-entry.ts';

type Words = CliWords['records'];

/** What records write before the id of a credential. */
const KIND = /^(?:token|certificate|aws) /;

export function originLines(words: Words, origins: readonly Origin[]): Line[] {
  return origins.flatMap((origin) => {
    const { user, impersonated, ip, ips, cluster, agent, times, first, last, pod, node, credential } = origin;
    const from = words.from({
      address: foreign(ip),
      via: ips.slice(1).map(foreign).join(', '),
      agent: foreign(agent),
      cluster: foreign(cluster),
    });
    const token = words.token({
      credential: foreign(credential.replace(KIND, '')),
      pod: foreign(pod),
      node: foreign(node),
    });
    const kind = words.credentialKind[origin.credentialKind];
    const news = [
      ...(origin.newAddress === true ? [words.newAddress] : []),
      ...(origin.newAgent === true ? [words.newAgent] : []),
    ];
    return [
      line(`${words.actor({ user: foreign(user), impersonated: foreign(impersonated) })} ${from}`),
      line(words.origin({ times, first: timeText(first), last: timeText(last) }), 1),
      line(token === '' ? kind : words.labelled({ label: kind, text: token }), 1),
      ...news.map((text) => line(text, 1)),
    ];
  });
}

export function lifeLines(words: Words, lives: readonly Life[]): Line[] {
  return lives.map(({ cluster, uid, from, to, entries }) =>
    line(
      words.life({
        cluster: foreign(cluster),
        uid: foreign(uid),
        from: from === undefined ? '' : timeText(from),
        to: to === undefined ? '' : timeText(to),
        entries: entries.length,
      }),
    ),
  );
}

export function groundsLines(words: Words, grounds: Grounds, depth = 0): Line[] {
  const { entry, said, binding, role, rule, aggregated, before, unknown } = grounds;
  const lines = [line(`${timeText(entry.time)}  ${entryText(words, entry)}`, depth)];
  if (said !== undefined) lines.push(line(saidText(words, grounds), depth + 1));
  for (const standing of [binding, role]) {
    if (standing !== undefined) lines.push(...standingLines(words, standing, depth + 1));
  }
  if (rule !== undefined) lines.push(line(ruleText(words, rule), depth + 2));
  if (aggregated !== undefined) {
    lines.push(line(words.aggregates, depth + 2));
    for (const standing of aggregated) lines.push(...standingLines(words, standing, depth + 3));
  }
  // What the bindings leave open is told beside them.
  const open = unknown.filter((reason) => binding?.reason !== reason && role?.reason !== reason);
  if (open.length > 0)
    lines.push(line(words.notKnown({ reasons: open.map((reason) => words.unknown[reason]) }), depth + 1));
  if (before !== undefined) {
    lines.push(line(words.allowedBy, depth + 1), ...groundsLines(words, before, depth + 2));
  }
  return lines;
}

function saidText(words: Words, { said, entry }: Grounds): string {
  if (entry.decision === 'forbid' && said?.by !== 'other') return words.said.refused;
  switch (said?.by) {
    case 'masters':
      return words.said.masters;
    case 'node':
      return words.said.node;
    case 'other':
      return words.said.other({ text: foreign(said.text) });
    case 'rbac': {
      const { kind, namespace, name } = said.subject;
      return words.said.rbac({
        binding: nameText(said.binding),
        role: nameText(said.role),
        subject: foreign(`${kind} ${namespace === '' ? name : `${namespace}/${name}`}`),
      });
    }
    default:
      return words.said.silent;
  }
}

function nameText({ kind, namespace, name }: RbacName): string {
  return foreign(`${kind} ${namespace === '' ? name : `${namespace}/${name}`}`);
}

function standingLines(words: Words, standing: Standing, depth: number): Line[] {
  const { known, asOf, reason, writing } = standing;
  const object = nameText(standing.object);
  const text =
    known === 'snapshot'
      ? words.standing.snapshot({ object, asOf: timeText(asOf ?? 0) })
      : known === 'unknown'
        ? words.standing.unknown({ object, reason: reason === undefined ? '' : words.unknown[reason] })
        : words.standing[known]({ object });
  if (writing === undefined) return [line(text, depth)];
  const { user, verb, time } = writing;
  const written = words.writtenBy({ user: foreign(user), verb: foreign(verb), time: timeText(time) });
  return [line(text, depth), line(written, depth + 1)];
}

function ruleText(words: Words, rule: AllowingRule): string {
  const what = [
    ...rule.resources.flatMap((resource) =>
      rule.apiGroups.map((group) => (group === '' ? resource : `${resource}.${group}`)),
    ),
    ...rule.nonResourceURLs,
  ];
  return words.rule({
    path: foreign(rule.path),
    verbs: foreign(rule.verbs.join(', ')),
    what: foreign(what.join(', ')),
    names: foreign(rule.resourceNames.join(', ')),
  });
}

/** The ends of a chain, each with what led to it below. */
export function chainLines(words: Words, { steps, links }: Chain): Line[] {
  const causes = new Set(links.map(({ from }) => from.id));
  const ends = steps.filter(({ id }) => !causes.has(id));
  const seen = new Set<string>();
  return (ends.length > 0 ? ends : steps).flatMap((entry) => {
    const below = causeLines(words, entry, links, 1, seen);
    return [
      line(`${timeText(entry.time)}  ${entryText(words, entry)}`),
      ...(below.length === 0 ? [line(words.noCause, 1)] : below),
    ];
  });
}

/** What is not known, by question. */
export function unknownLines(words: Words, unknown: readonly Unknown[]): Line[] {
  return SIX.flatMap((question) => {
    const reasons = unknown
      .filter((each) => each.question === question)
      .map(({ reason }) => words.unknown[reason]);
    return reasons.length === 0
      ? []
      : [line(words.labelled({ label: words.six[question], text: words.listed({ items: reasons }) }))];
  });
}
