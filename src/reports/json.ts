import { Fingerprinter } from '../assessment/fingerprint.ts';
import { sortVerdicts } from '../assessment/order.ts';
import type { Finding, NotAssessed, OtherVerdict } from '../assessment/report.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import type { Words } from '../locales/words.ts';
import type { Check } from '../threats/define-check.ts';
import { asIs, messageOf, objectName, reasonOf } from './describe.ts';
import { jsonString, jsonText } from './escape.ts';
import type { ReportInput, Sink, SourceRange } from './input.ts';
import { Positions, prepare } from './prepared.ts';

export interface JsonOptions {
  /** Adds pass and not-applicable entries, as far as the report holds them. */
  readonly allVerdicts: boolean;
}

/**
 * The report for programs, in the shape of `report.schema.json`. Written piece by piece: a report may be larger than
 * the longest string of the platform.
 */
export async function writeJson(input: ReportInput, sink: Sink, options: JsonOptions): Promise<void> {
  const { report, words } = input;
  const { findings, notAssessed } = prepare(input);
  const positions = await Positions.of(input, findings);
  await sink.write(head(input));
  await writeArray(sink, 'findings', findings, findingWriter(words, positions));
  await sink.write(',\n');
  await writeArray(sink, 'notAssessed', notAssessed, (entry) => notAssessedJson(entry, words));
  await sink.write(',\n"suppressed":[]');
  if (options.allVerdicts) {
    await sink.write(',\n');
    await writeArray(sink, 'verdicts', sortVerdicts(report.verdicts), verdictJson);
  }
  await sink.write('}\n');
}

function head(input: ReportInput): string {
  const { report, tool, source, words } = input;
  const fields = {
    schema: 'kubestride.report/v1',
    tool: { name: tool.name, version: tool.version },
    language: words.language,
    source,
    coverage: report.coverage,
  };
  return `${jsonText(JSON.stringify(fields)).slice(0, -1)},\n`;
}

/** How much text is gathered before it is handed on. */
const CHUNK = 1 << 20;

/** One entry a line, so that the file can be read with line tools. */
async function writeArray<T>(
  sink: Sink,
  name: string,
  entries: readonly T[],
  write: (entry: T, index: number) => string,
) {
  let chunk = `"${name}":[`;
  for (let i = 0; i < entries.length; i++) {
    chunk += i === 0 ? '\n' : ',\n';
    chunk += write(entries[i]!, i);
    if (chunk.length > CHUNK) {
      await sink.write(chunk);
      chunk = '';
    }
  }
  await sink.write(`${chunk}]`);
}

/** Everything of a check that all its findings repeat, serialised once. */
interface CheckFragments {
  readonly head: string;
  readonly tail: string;
}

/** The same for an object, which many checks speak of. */
interface ObjectFragments {
  readonly object: string;
  readonly file: string;
  /** Where an object is found that is in no file. */
  readonly api: string | undefined;
}

function findingWriter(words: Words, positions: Positions): (finding: Finding, index: number) => string {
  const fragments = new Map<Check, CheckFragments>();
  const objects = new Map<KubernetesObject, ObjectFragments>();
  const fingerprinter = new Fingerprinter();
  return (finding, index) => {
    const { check, severity, confidence, object, path } = finding;
    let of = fragments.get(check);
    if (of === undefined) {
      of = fragmentsOf(check, words);
      fragments.set(check, of);
    }
    let on = objects.get(object);
    if (on === undefined) {
      on = {
        object: objectJson(object),
        file: jsonString(object.origin.file.path),
        api: object.origin.isApi ? apiJson(object) : undefined,
      };
      objects.set(object, on);
    }
    return (
      `${of.head}"severity":"${severity}","confidence":"${confidence}","verdict":"fail","object":${on.object},` +
      `"path":${jsonString(path)},"source":${on.api ?? sourceJson(on.file, positions.at(index))},` +
      `"message":${jsonString(messageOf(finding, words, asIs))},${of.tail}"fingerprint":"${fingerprinter.next(finding)}"}`
    );
  };
}

function fragmentsOf(check: Check, words: Words): CheckFragments {
  const { why, remedy } = words.check(check.id);
  const tail = {
    why,
    remedy,
    frameworks: check.frameworks,
    equivalents: check.equivalents,
    fix: { state: check.fix },
  };
  return {
    head: `{"check":${jsonString(check.id)},"threat":"${check.threat}",`,
    tail: `${jsonText(JSON.stringify(tail)).slice(1, -1)},`,
  };
}

function objectJson(object: KubernetesObject): string {
  const namespace = object.namespace === undefined ? '' : `"namespace":${jsonString(object.namespace)},`;
  return (
    `{"apiVersion":${jsonString(object.apiVersion)},"kind":${jsonString(object.kind)},` +
    `${namespace}"name":${jsonString(object.name)}}`
  );
}

function sourceJson(file: string, { line, column, endLine, endColumn }: SourceRange): string {
  return `{"file":${file},"line":${line},"column":${column},"endLine":${endLine},"endColumn":${endColumn}}`;
}

/** An object of an API server has no lines: its path in the API is what can be looked up. */
function apiJson({ origin }: KubernetesObject): string {
  return `{"api":${jsonString(origin.file.path)}}`;
}

function notAssessedJson(entry: NotAssessed, words: Words): string {
  const reason = { reason: reasonOf(entry, words, asIs), code: entry.reason };
  if (entry.kind === 'reading') {
    const { file, line, subject } = entry;
    return jsonText(JSON.stringify({ file, line, subject, ...reason }));
  }
  const { check, object, path } = entry;
  const { apiVersion, kind, namespace, name, origin } = object;
  return jsonText(
    JSON.stringify({
      ...(origin.isApi ? { api: origin.file.path } : { file: origin.file.path, line: origin.line }),
      subject: objectName(object),
      object: { apiVersion, kind, namespace, name },
      path,
      check: check.id,
      ...reason,
    }),
  );
}

function verdictJson({ check, verdict, object, path }: OtherVerdict): string {
  const { file, line, isApi } = object.origin;
  const source = isApi ? apiJson(object) : `{"file":${jsonString(file.path)},"line":${line}}`;
  return (
    `{"check":${jsonString(check.id)},"threat":"${check.threat}","verdict":"${verdict}",` +
    `"object":${objectJson(object)},"path":${jsonString(path)},` +
    `"source":${source}}`
  );
}
