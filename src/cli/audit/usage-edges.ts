import { asObject, asString, type Json } from '../../kubernetes/json.ts';
import { type AccessEdge, type EdgeInPractice, edgesInPractice } from '../../records/usage/index.ts';
import { subjectText } from '../access/subject.ts';
import type { EdgesFlags } from '../commands/audit/usage-flags.ts';
import { type Context, EXIT, type ExitCode } from '../context.ts';
import { readJsonLines } from '../json-lines.ts';
import { UsageError } from '../usage-error.ts';
import {
  answerUsage,
  placeText,
  sightLines,
  timeCell,
  typeText,
  type UsageAnswer,
  wholeFilterOf,
} from './usage-answer.ts';

/** Says of steps that somebody could take whether they were taken. */
export async function showEdges(context: Context, flags: EdgesFlags): Promise<ExitCode> {
  const edges = await readEdges(context, flags.edges);
  return answerUsage(context, flags, async (reader, scope): Promise<UsageAnswer> => {
    const answer = await edgesInPractice(reader, edges, wholeFilterOf(flags, scope));
    const { sight, edges: found, damage } = answer;
    // A step that was not seen was not taken for certain only where nothing makes that doubtful.
    const isOpen = sight.doubts.length > 0 && found.some(({ first }) => first === undefined);
    return {
      schema: 'kubestride.edges/v1',
      value: answer,
      columns: [
        ...['subject', 'verb', 'resource', 'namespace', 'name', 'allowed', 'refused', 'undecided'],
        ...['first', 'last', 'addresses'],
      ],
      rows: found.map(({ edge, allowed, refused, undecided, first, last, addresses }) => [
        ...[subjectOf(edge), edge.verb, typeOf(edge), edge.namespace ?? '', edge.name ?? ''],
        ...[allowed, refused, undecided, timeCell(first), timeCell(last)],
        addresses.map(({ address }) => address).join(' '),
      ]),
      lines: [...sightLines(context, sight), ...found.flatMap((each) => edgeLines(context, each))],
      damage,
      exit: isOpen ? EXIT.notEvaluated : EXIT.clean,
    };
  });
}

function edgeLines({ words }: Context, practice: EdgeInPractice): string[] {
  const { edge, allowed, refused, undecided, first, last, addresses, moreAddresses } = practice;
  const { inUse } = words;
  const where = placeText(edge.namespace, edge.name ?? '*');
  const heading = `${subjectOf(edge)} ${edge.verb} ${typeOf(edge)} ${where}`;
  if (first === undefined) return [heading, `  ${inUse.notSeen}`];
  const requests = inUse.requests({ allowed, refused, undecided });
  return [
    heading,
    `  ${requests}, ${inUse.between({ first: timeCell(first), last: timeCell(last) })}`,
    `  ${inUse.addresses({ addresses: addresses.map(({ address }) => address).join(', '), more: moreAddresses })}`,
  ];
}

function subjectOf({ subject: { kind, namespace, name } }: AccessEdge): string {
  return subjectText({ kind, namespace, name });
}

function typeOf({ apiGroup = '', resource, subresource = '' }: AccessEdge): string {
  return typeText(apiGroup === '*' ? '' : apiGroup, resource, subresource);
}

async function readEdges({ terminal }: Context, file: string): Promise<AccessEdge[]> {
  const edges: AccessEdge[] = [];
  let line = 0;
  for await (const text of readJsonLines(file, terminal)) {
    line++;
    if (text?.trim() === '') continue;
    const edge = edgeOf(parsed(text ?? ''));
    if (edge === undefined)
      throw new UsageError((words) => words.inUse.notAnEdge({ place: `${file}:${line}` }));
    edges.push(edge);
  }
  if (edges.length === 0) throw new UsageError((words) => words.inUse.noEdges({ file }));
  return edges;
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

const SUBJECTS = ['User', 'Group', 'ServiceAccount'] as const;
const NARROWING = ['apiGroup', 'subresource', 'namespace', 'name'] as const;

/** Undefined for what is no edge: one that is misread would be called unused. */
function edgeOf(value: Json | undefined): AccessEdge | undefined {
  const { subject, verb, resource, ...rest } = asObject(value) ?? {};
  const { kind, name, namespace, ...unknown } = asObject(subject) ?? {};
  const ofKind = SUBJECTS.find((each) => each === kind);
  const isKnown = Object.keys(rest).every((key) => NARROWING.some((each) => each === key));
  if (ofKind === undefined || !isKnown || Object.keys(unknown).length > 0) return undefined;
  const texts = [name, verb, resource, ...Object.values(rest)];
  if (texts.some((text) => typeof text !== 'string') || name === '' || verb === '' || resource === '')
    return undefined;
  if ((ofKind === 'ServiceAccount') !== (typeof namespace === 'string' && namespace !== '')) return undefined;
  return {
    subject: { kind: ofKind, ...(typeof namespace === 'string' ? { namespace } : {}), name: String(name) },
    verb: String(verb),
    resource: String(resource),
    ...Object.fromEntries(
      NARROWING.flatMap((key) => {
        const text = asString(rest[key]);
        return text === undefined ? [] : [[key, text]];
      }),
    ),
  };
}
