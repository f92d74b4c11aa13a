import type { Finding, NotAssessed, Report } from '../../src/assessment/report.ts';
import type { JsonObject } from '../../src/kubernetes/json.ts';
import { KubernetesObject, type Origin } from '../../src/kubernetes/object.ts';
import { en } from '../../src/locales/en.ts';
import type { CheckWords, Language, Words } from '../../src/locales/words.ts';
import { zhCN } from '../../src/locales/zh-CN.ts';
import type { ReportInput, Sink, SourceRange } from '../../src/reports/input.ts';
import {
  type Check,
  type Params,
  pass,
  type Severity,
  THREATS,
  type Threat,
} from '../../src/threats/define-check.ts';

export function check(id: string, threat: Threat, severity: Severity, more: Partial<Check> = {}): Check {
  return {
    id,
    threat,
    severity,
    confidence: 'high',
    subject: 'container',
    frameworks: { cis: ['5.2.2'], mitre: ['T1611'] },
    equivalents: { kubescape: ['C-0057'] },
    messages: { seen: ['what'] },
    reasons: { hidden: [] },
    fix: 'none',
    evaluate: () => pass,
    ...more,
  };
}

export function origin(file: string, document = 0, line = 1): Origin {
  return { file: { path: file }, document, start: 0, end: 0, line, column: 1, format: 'yaml', within: '' };
}

export interface Made {
  kind?: string;
  name?: string;
  namespace?: string;
  file?: string;
  document?: number;
  line?: number;
  raw?: JsonObject;
}

export function deployment({
  kind = 'Deployment',
  name = 'web',
  namespace,
  file = 'app.yaml',
  document,
  line,
  raw,
}: Made = {}) {
  const metadata: JsonObject = namespace === undefined ? { name } : { name, namespace };
  return new KubernetesObject(
    {
      apiVersion: 'apps/v1',
      kind,
      metadata,
      spec: { template: { spec: { containers: [{ name: 'app', image: 'nginx' }, { name: 'sidecar' }] } } },
      ...raw,
    },
    origin(file, document, line),
  );
}

export const CONTAINER = 'spec.template.spec.containers[0]';

export function finding(of: Check, object: KubernetesObject, more: Partial<Finding> = {}): Finding {
  const { severity, confidence } = of;
  return {
    check: of,
    severity,
    confidence,
    object,
    path: CONTAINER,
    message: 'seen',
    params: { what: 'it' },
    ...more,
  };
}

export function report(findings: readonly Finding[], more: Partial<Report> = {}): Report {
  const byThreat = Object.fromEntries(THREATS.map((threat) => [threat, { applicable: 10, evaluated: 10 }]));
  return {
    findings,
    notAssessed: [],
    verdicts: [],
    coverage: {
      documents: 3,
      objects: 3,
      notKubernetes: 0,
      ignored: 0,
      passedOver: [],
      checks: 0,
      checksLeftOut: [],
      unreadable: 0,
      applicable: 60,
      evaluated: 60,
      byThreat: byThreat as Report['coverage']['byThreat'],
    },
    ...more,
  };
}

export function unread(
  reason: string,
  file: string,
  more: Partial<NotAssessed & { kind: 'reading' }> = {},
): NotAssessed {
  return { kind: 'reading', reason, file, ...more };
}

export function undecided(
  of: Check,
  object: KubernetesObject,
  reason = 'hidden',
  params: Params = {},
): NotAssessed {
  return { kind: 'undecided', check: of, object, path: CONTAINER, reason, params };
}

export const CHECK_WORDS: CheckWords = {
  title: 'A container does it',
  why: 'It gives `root` on the node.',
  remedy: 'Set `it: false`.',
  messages: { seen: 'Container does {what}' },
  reasons: { hidden: 'It cannot be seen from here.' },
};

export function words(
  language: Language = 'en',
  check: (id: string) => CheckWords = () => CHECK_WORDS,
): Words {
  return { language, ui: language === 'en' ? en : zhCN, check };
}

export interface InputOptions {
  words?: Words;
  failOn?: Severity;
  lines?: (file: string, line: number) => string | undefined;
  locate?: (request: { origin: Origin; path: string }) => SourceRange | undefined;
}

export function input(of: Report, options: InputOptions = {}): ReportInput {
  const locate =
    options.locate ?? (({ origin: { line } }) => ({ line, column: 3, endLine: line, endColumn: 9 }));
  return {
    report: of,
    words: options.words ?? words(),
    tool: { name: 'kubestride', version: '1.2.3' },
    source: { paths: ['.'] },
    locate: async (requests) => requests.map(locate),
    readLines: async ({ file }, first, last) => {
      const lines: { line: number; text: string }[] = [];
      for (let line = first; line <= last; line++) {
        const text = (options.lines ?? ((_, n) => `line ${n}: text`))(file.path, line);
        if (text !== undefined) lines.push({ line, text });
      }
      return lines;
    },
    failOn: options.failOn ?? 'high',
  };
}

export class Memory implements Sink {
  readonly pieces: string[] = [];
  write(text: string): void {
    this.pieces.push(text);
  }
  get text(): string {
    return this.pieces.join('');
  }
}

export async function written(write: (sink: Sink) => Promise<void>): Promise<string> {
  const sink = new Memory();
  await write(sink);
  return sink.text;
}
