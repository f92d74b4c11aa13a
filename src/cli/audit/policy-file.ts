import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type AuditPolicy, isAuditPolicy, readAuditPolicy } from '../../engines/audit-policy/index.ts';
import type { FieldError } from '../../kubernetes/field-errors.ts';
import { asObject, asString } from '../../kubernetes/json.ts';
import { locate, readYaml, type YamlDocument } from '../../kubernetes/yaml/index.ts';
import { type Context, say } from '../context.ts';
import { UsageError } from '../usage-error.ts';

/** An audit policy as a file holds it. */
export interface PolicyFile {
  readonly file: string;
  /** Undefined where the API server does not start with it. */
  readonly policy: AuditPolicy | undefined;
  readonly errors: readonly FieldError[];
  readonly warnings: readonly FieldError[];
  /** `FILE:LINE` of a field of the policy. */
  place(path: string): string;
}

/** Larger than any policy; the API server reads them at each start. */
const LARGEST = 8 << 20;

/** Reads the one `audit.k8s.io` Policy of a file. Throws UsageError where there is none, or more than one. */
export function openPolicy(context: Context, file: string): PolicyFile {
  const bytes = readBytes(context, file);
  const documents = [...readYaml(bytes)].filter(
    ({ value, error }) => value !== undefined || error !== undefined,
  );
  const broken = documents.find(({ error }) => error !== undefined)?.error;
  if (broken !== undefined) {
    const { line, problem } = broken;
    throw new UsageError(({ audit }) => audit.notYaml({ place: `${file}:${line}`, problem }));
  }
  const found = documents.filter(({ value }) => isAuditPolicy(asObject(value) ?? {}));
  const [document] = found;
  if (document === undefined)
    throw new UsageError(({ audit }) => audit.noPolicy({ file, seen: kindsOf(documents) }));
  if (found.length > 1)
    throw new UsageError(({ audit }) => audit.severalPolicies({ file, count: found.length }));
  return {
    file,
    ...readAuditPolicy(asObject(document.value)!),
    place: (path) => `${file}:${locate(bytes, document, [path])[0]?.line ?? document.line}`,
  };
}

/** The policy, for commands that ask it. Throws UsageError with its errors where the API server refuses it. */
export function usablePolicy(context: Context, opened: PolicyFile): AuditPolicy {
  const { policy, errors, warnings, file } = opened;
  const told = (error: FieldError) => `${opened.place(error.path)}: ${error.message}`;
  if (policy === undefined) {
    for (const error of errors.slice(1)) say(context, told(error));
    throw new UsageError(({ audit }) => audit.refused({ file, reason: told(errors[0]!) }));
  }
  for (const warning of warnings) say(context, context.words.audit.ignored({ warning: told(warning) }));
  return policy;
}

function readBytes({ terminal }: Context, file: string): Buffer {
  try {
    const bytes = readFileSync(resolve(terminal.cwd, file));
    if (bytes.length <= LARGEST) return bytes;
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new UsageError((words) => words.failure.cannotRead({ file, reason }));
  }
  throw new UsageError(({ audit }) => audit.tooLarge({ file, bytes: LARGEST }));
}

/** `v1 Pod, audit.k8s.io/v1beta1 Policy`, at most the first three. */
function kindsOf(documents: readonly YamlDocument[]): string {
  return documents
    .slice(0, 3)
    .map(({ value }) => {
      const { apiVersion, kind } = asObject(value) ?? {};
      return [asString(apiVersion), asString(kind)].filter(Boolean).join(' ') || '?';
    })
    .join(', ');
}
