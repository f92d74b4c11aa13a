import {
  AdmissionPolicies,
  denialText,
  ObjectContext,
  type Objection,
  type Review,
  type Undecided,
} from '../engines/admission/index.ts';
import { resourceName } from '../kubernetes/gaps.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import { objectName } from '../reports/describe.ts';
import { escapeText } from '../reports/escape.ts';
import type { AdmissionFlags } from './commands/admission.ts';
import { type Context, EXIT, type ExitCode, say } from './context.ts';
import { BufferedSink } from './outputs.ts';
import { ProgressLine } from './progress.ts';
import { openSource } from './sources.ts';

const GROUP = 'admissionregistration.k8s.io';
/** How many documents that were not read are named. */
const NAMED = 10;

/** Says which objects the ValidatingAdmissionPolicies among the sources would refuse. */
export async function admission(
  context: Context,
  flags: AdmissionFlags,
  paths: readonly string[],
): Promise<ExitCode> {
  const { terminal, words } = context;
  const progress = new ProgressLine(terminal, words);
  const { evidence } = await openSource(context, flags, paths, { progress });
  progress.done();
  const { objects, unread, gaps } = evidence;
  const ofKind = (kind: string) => objects.filter((object) => object.group === GROUP && object.kind === kind);
  const policies = ofKind('ValidatingAdmissionPolicy');
  const bindings = ofKind('ValidatingAdmissionPolicyBinding');
  const engine = new AdmissionPolicies(
    policies.map(({ raw }) => raw),
    bindings.map(({ raw }) => raw),
  );
  const cluster = new ObjectContext(objects, evidence.isComplete && gaps.length === 0);
  const answers = objects.flatMap((object): Answered[] => {
    const request = cluster.request(object, flags.operation);
    return request === undefined ? [] : [{ object, review: engine.review(request, cluster) }];
  });

  const sink = new BufferedSink(terminal.stdout);
  if (flags.output === 'json') {
    const entries = answers.map((answer) => JSON.stringify(jsonOf(answer), null, 1));
    await sink.write(`[${entries.join(',\n')}]\n`);
  } else for (const answer of answers) await sink.write(lines(context, answer));
  await sink.flush();

  const refused = engine.problems();
  for (const [policy, problems] of refused)
    for (const { path, reason } of problems)
      say(context, words.admission.policyRefused({ policy, path, reason }));
  if (unread.length > 0) {
    const places = unread
      .slice(0, NAMED)
      .map(({ file, line, reason }) => `${file}${line === undefined ? '' : `:${line}`} (${reason})`);
    say(
      context,
      words.warning.notRead({ count: unread.length, places: places.join(', '), more: unread.length > NAMED }),
    );
  }
  const isShown = (kind: string) => gaps.every((gap) => gap.kind !== kind);
  for (const gap of gaps)
    say(context, words.warning.listNotRead({ list: resourceName(gap), reason: words.gap[gap.reason] }));
  if (objects.length === 0) say(context, words.warning.nothingFound());
  else if (policies.length === 0 && isShown('ValidatingAdmissionPolicy'))
    say(context, words.admission.noPolicy());
  else if (bindings.length === 0 && isShown('ValidatingAdmissionPolicyBinding'))
    say(context, words.admission.noBinding());

  const has = (verdict: Review['verdict']) => answers.some(({ review }) => review.verdict === verdict);
  if (has('denied')) return EXIT.findings;
  const isWhole = policies.length > 0 && bindings.length > 0 && refused.size === 0 && unread.length === 0;
  return isWhole && !has('unknown') ? EXIT.clean : EXIT.notEvaluated;
}

interface Answered {
  readonly object: KubernetesObject;
  readonly review: Review;
}

function sourceOf({ origin }: KubernetesObject) {
  return origin.isApi
    ? { api: origin.file.path }
    : { file: origin.file.path, line: origin.line, document: origin.document };
}

function jsonOf({ object, review }: Answered) {
  const { apiVersion, kind, namespace, name } = object;
  return {
    object: { apiVersion, kind, namespace, name },
    source: sourceOf(object),
    verdict: review.verdict,
    objections: review.objections,
    undecided: review.undecided,
  };
}

/** Nothing for an object that every policy lets pass without a word. */
function lines({ words }: Context, { object, review }: Answered): string {
  if (review.objections.length === 0 && review.undecided.length === 0) return '';
  const source = sourceOf(object);
  const place = 'api' in source ? source.api : `${source.file}:${source.line}`;
  const told = [
    `${words.admission.verdict[review.verdict]}  ${objectName(object)}  ${place}`,
    ...review.objections.map((objection) => `    ${objectionText(words, objection)}`),
    ...review.undecided.map((each) => `    ${undecidedText(words, each)}`),
  ];
  return told.map((line) => `${escapeText(line)}\n`).join('');
}

function objectionText(words: Context['words'], objection: Objection): string {
  const { action } = objection;
  return action === 'Deny'
    ? denialText(objection)
    : words.admission.notDenied({ action, text: denialText(objection) });
}

function undecidedText(words: Context['words'], { policy, binding, code, detail }: Undecided): string {
  const reason = words.admission.unknown[code](detail);
  return words.admission.undecided({ policy, binding: binding ?? '', reason });
}
