import { decideAudit, RefusedRequest, readAuditedRequest } from '../../engines/audit-policy/index.ts';
import type { Json } from '../../kubernetes/json.ts';
import { escapeText, jsonText } from '../../reports/escape.ts';
import type { DecideFlags } from '../commands/audit/decide.ts';
import { type Context, EXIT, type ExitCode } from '../context.ts';
import { readJsonLines } from '../json-lines.ts';
import { BufferedSink } from '../outputs.ts';
import { openPolicy, usablePolicy } from './policy-file.ts';

/** Says of requests, one a line, at which level a policy has them audited, and by which rule. */
export async function decide(context: Context, flags: DecideFlags): Promise<ExitCode> {
  const { terminal, words } = context;
  const opened = openPolicy(context, flags.policy);
  const policy = usablePolicy(context, opened);
  const sink = new BufferedSink(terminal.stdout);
  const isJson = flags.output === 'json';
  const write = (value: unknown, text: string) =>
    sink.write(`${isJson ? jsonText(JSON.stringify(value)) : escapeText(text)}\n`);
  let wrong = 0;
  let answered = 0;
  for await (const line of readJsonLines(flags.requests, terminal)) {
    const request = requestOf(line, words);
    if (typeof request === 'string') {
      wrong++;
      await write({ error: request }, request);
      continue;
    }
    answered++;
    const { level, omitStages, omitManagedFields, rule } = decideAudit(policy, request);
    const place = rule === undefined ? words.audit.noRule : opened.place(`rules[${rule}]`);
    const omitted =
      omitStages.length === 0 ? '' : `  ${words.audit.without({ stages: omitStages.join(', ') })}`;
    await write(
      { level, omitStages, omitManagedFields, rule: rule ?? null },
      `${level.padEnd('RequestResponse'.length)}  ${place}${omitted}`,
    );
  }
  await sink.flush();
  return wrong > 0 || answered === 0 ? EXIT.notEvaluated : EXIT.clean;
}

function requestOf(line: string | undefined, words: Context['words']) {
  if (line === undefined) return words.audit.unusableLine;
  let value: Json;
  try {
    value = JSON.parse(line) as Json;
  } catch (error) {
    return (error as Error).message;
  }
  try {
    return readAuditedRequest(value);
  } catch (error) {
    if (error instanceof RefusedRequest) return words.audit.wrongField({ field: error.field });
    throw error;
  }
}
