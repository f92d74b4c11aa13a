import { type Level, strictestLevel, type Version } from '../engines/pod-security/index.ts';
import type { Unread } from '../evidence/manifests/index.ts';
import { resourceName } from '../kubernetes/gaps.ts';
import { EVIDENCE_API_VERSION, type KubernetesObject } from '../kubernetes/object.ts';
import { ownedPods } from '../kubernetes/owned-pods.ts';
import { WORKLOAD_KINDS } from '../kubernetes/pod-templates.ts';
import { Workload } from '../kubernetes/workload.ts';
import { objectName } from '../reports/describe.ts';
import { escapeText } from '../reports/escape.ts';
import type { PodSecurityFlags } from './commands/pod-security.ts';
import { type Context, EXIT, type ExitCode, say } from './context.ts';
import { BufferedSink } from './outputs.ts';
import { ProgressLine } from './progress.ts';
import { openSource } from './sources.ts';

/** How many documents that were not read are named. */
const NAMED = 10;

/** Says which Pod Security Standard each workload meets. */
export async function podSecurity(
  context: Context,
  flags: PodSecurityFlags,
  paths: readonly string[],
): Promise<ExitCode> {
  const { terminal, words } = context;
  const { output, version } = flags;
  const progress = new ProgressLine(terminal, words);
  const { evidence } = await openSource(context, flags, paths, { progress });
  const { objects, unread, gaps } = evidence;
  progress.done();
  const stated = objects.flatMap((object) => Workload.of(object));
  const workloads = evidence.isComplete ? ownedPods(stated).subjects : stated;
  const answers = workloads.map((workload) => podSecurityOf(workload, version));
  const sink = new BufferedSink(terminal.stdout);
  if (output === 'json') {
    const entries = answers.map(({ answer }) => JSON.stringify(answer, null, 1));
    await sink.write(`[${entries.join(',\n')}]\n`);
  } else {
    for (const entry of answers) await sink.write(lines(entry));
  }
  await sink.flush();
  if (unread.length > 0) {
    const places = unread.slice(0, NAMED).map(place).join(', ');
    say(context, words.warning.notRead({ count: unread.length, places, more: unread.length > NAMED }));
  }
  const hidden = gaps.filter(({ kind }) => WORKLOAD_KINDS.has(kind));
  for (const gap of hidden) {
    say(context, words.warning.listNotRead({ list: resourceName(gap), reason: words.gap[gap.reason] }));
  }
  if (answers.length > 0) return EXIT.clean;
  // What KubeStride itself wrote down about a cluster is nothing that was found in it.
  const isNothing = objects.every(({ apiVersion }) => apiVersion === EVIDENCE_API_VERSION);
  say(context, isNothing ? words.warning.nothingFound() : words.warning.noWorkload());
  return isNothing || hidden.length > 0 ? EXIT.notEvaluated : EXIT.clean;
}

interface Answered {
  readonly object: KubernetesObject;
  readonly answer: PodSecurityAnswer;
}

interface PodSecurityAnswer {
  readonly object: { apiVersion: string; kind: string; namespace: string | undefined; name: string };
  readonly source: { file: string; line: number; document: number } | { api: string };
  readonly version: string;
  readonly level: Level;
  readonly violations: readonly {
    level: 'baseline' | 'restricted';
    control: string;
    reason: string;
    detail: string;
    path: string | undefined;
  }[];
}

function podSecurityOf(workload: Workload, version: Version | 'latest'): Answered {
  const { object } = workload;
  const { level, violations } = strictestLevel(workload.template, version);
  const { apiVersion, kind, namespace, name, origin } = object;
  const answer: PodSecurityAnswer = {
    object: { apiVersion, kind, namespace, name },
    source: origin.isApi
      ? { api: origin.file.path }
      : { file: origin.file.path, line: origin.line, document: origin.document },
    version,
    level,
    violations: violations.map(({ level: violated, control, reason, detail, paths }) => ({
      level: violated,
      control,
      reason,
      detail,
      path: paths[0] === undefined ? undefined : workload.sourcePath(paths[0]),
    })),
  };
  return { object, answer };
}

function lines({ object, answer: { level, source, violations } }: Answered): string {
  const head = `${level.padEnd(10)}  ${objectName(object)}  ${'api' in source ? source.api : `${source.file}:${source.line}`}`;
  const reasons = violations.map((each) => `            ${each.level}: ${each.reason} (${each.detail})`);
  return [head, ...reasons].map((line) => `${escapeText(line)}\n`).join('');
}

function place({ file, line, reason }: Unread): string {
  return `${file}${line === undefined ? '' : `:${line}`} (${reason})`;
}
