import {
  auditPolicyDocument,
  type GeneratedRule,
  generateAuditPolicy,
  NEEDS,
} from '../../engines/audit-policy/index.ts';
import { asArray, type JsonObject } from '../../kubernetes/json.ts';
import type { CliWords } from '../../locales/cli.en.ts';
import type { GenerateFlags } from '../commands/audit/generate.ts';
import { type Context, EXIT, type ExitCode } from '../context.ts';
import { VERSION } from '../version.ts';

/** Writes an audit policy for goals, with the reason of every rule as a comment. */
export async function generatePolicy(context: Context, flags: GenerateFlags): Promise<ExitCode> {
  const { terminal, words } = context;
  const needs = flags.goal ?? NEEDS;
  const rules = generateAuditPolicy(needs, flags.also);
  const { rules: _rules, ...head } = auditPolicyDocument(rules);
  const goals = needs.map((need) => words.audit.need[need]);
  const lines = [
    ...words.audit.policyHead({ version: VERSION, goals, also: flags.also }).map((line) => `# ${line}`),
    ...Object.entries(head).map(([field, value]) => `${field}: ${flow(value)}`),
    'rules:',
    ...rules.flatMap((rule) => ruleLines(words, rule)),
  ];
  await terminal.stdout.write(`${lines.join('\n')}\n`);
  return EXIT.clean;
}

function ruleLines({ audit }: CliWords, { rule, reason, needs }: GeneratedRule): string[] {
  const why = reason === 'needs' ? needs.map((need) => audit.need[need]).join('; ') : audit.reason[reason];
  const { level, resources, ...limits } = rule;
  const entries = (asArray(resources) ?? []) as readonly JsonObject[];
  return [
    `  # ${why}`,
    `  - level: ${level as string}`,
    ...Object.entries(limits).map(([field, value]) => `    ${field}: ${flow(value)}`),
    ...(entries.length === 0 ? [] : ['    resources:']),
    ...entries.map(
      ({ group, resources: names }) =>
        `      - { group: ${JSON.stringify(group)}, resources: ${flow(names)} }`,
    ),
  ];
}

/** Lists as JSON, which is YAML; words as they are. */
function flow(value: unknown): string {
  return Array.isArray(value) ? `[${value.map((item) => JSON.stringify(item)).join(', ')}]` : String(value);
}
