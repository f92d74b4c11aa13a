import { type Level, strictestLevel, type Version } from '../engines/pod-security/index.ts';
import { readManifests, type Unread } from '../evidence/manifests/index.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import { Workload } from '../kubernetes/workload.ts';
import { objectName } from '../reports/describe.ts';
import { escapeText } from '../reports/escape.ts';
import type { PodSecurityFlags } from './commands/pod-security.ts';
import { type Context, EXIT, type ExitCode, say } from './context.ts';
import { BufferedSink } from './outputs.ts';
import { ProgressLine } from './progress.ts';

/** How many documents that were not read are named. */
const NAMED = 10;

/** Says which Pod Security Standard each workload meets. */
export async function podSecurity(
  context: Context,
  { output, version }: PodSecurityFlags,
  paths: readonly string[],
): Promise<ExitCode> {
  const { terminal, words } = context;
  const progress = new ProgressLine(terminal, words);
  const { objects, unread } = await readManifests(paths, {
    cwd: terminal.cwd,
    // Opening the stream costs milliseconds that a scan of files need not spend.
    get stdin() {
      return terminal.stdin;
    },
    onProgress: progress.reading,
  });
  progress.done();
  const answers = objects.flatMap((object) => podSecurityOf(object, version));
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
  if (objects.length > 0) return EXIT.clean;
  say(context, words.warning.nothingFound());
  return EXIT.notEvaluated;
}

interface Answered {
  readonly object: KubernetesObject;
  readonly answer: PodSecurityAnswer;
}

interface PodSecurityAnswer {
  readonly object: { apiVersion: string; kind: string; namespace: string | undefined; name: string };
  readonly source: { file: string; line: number; document: number };
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

/** An answer for each pod template of the object. */
function podSecurityOf(object: KubernetesObject, version: Version | 'latest'): Answered[] {
  return Workload.of(object).map((workload) => {
    const { level, violations } = strictestLevel(workload.template, version);
    const { apiVersion, kind, namespace, name, origin } = object;
    const answer: PodSecurityAnswer = {
      object: { apiVersion, kind, namespace, name },
      source: { file: origin.file.path, line: origin.line, document: origin.document },
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
  });
}

function lines({ object, answer: { level, source, violations } }: Answered): string {
  const head = `${level.padEnd(10)}  ${objectName(object)}  ${source.file}:${source.line}`;
  const reasons = violations.map((each) => `            ${each.level}: ${each.reason} (${each.detail})`);
  return [head, ...reasons].map((line) => `${escapeText(line)}\n`).join('');
}

function place({ file, line, reason }: Unread): string {
  return `${file}${line === undefined ? '' : `:${line}`} (${reason})`;
}
