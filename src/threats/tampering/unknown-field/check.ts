import { evaluate as forbiddenBy } from '../../../engines/pod-security/index.ts';
import { decodingOf } from '../../../kubernetes/decoding.ts';
import { parseFieldPath } from '../../../kubernetes/field-path.ts';
import { protectiveField } from '../../../kubernetes/protective-fields.ts';
import { Workload } from '../../../kubernetes/workload.ts';
import { defineCheck, failIfAny, notApplicable } from '../../define-check.ts';

export default defineCheck({
  id: 'unknown-field',
  threat: 'tampering',
  severity: 'low',
  confidence: 'high',
  subject: 'object',
  frameworks: { owasp: ['K01'] },
  equivalents: { 'kube-linter': ['schema-validation'] },
  messages: { unknown: ['field'], protection: ['field', 'known'] },
  fix: 'none',
  evaluate({ object }) {
    const { known: isKnown, problems } = decodingOf(object.raw);
    if (!isKnown) return notApplicable;
    const unknown = problems.filter(
      ({ kind, path }) => kind === 'unknown-field' && !isDirective(fieldOf(path)),
    );
    // Pods that meet `restricted` state their protection elsewhere, too.
    const isProtected = (workload: Workload) =>
      forbiddenBy({ metadata: workload.template.metadata, spec: workload.pod }, 'restricted', 'latest')
        .length === 0;
    const workloads = unknown.length === 0 ? [] : Workload.of(object);
    const weight = workloads.length > 0 && workloads.every(isProtected) ? 'low' : 'medium';
    return failIfAny(
      unknown.map(({ path: at }) => {
        const field = fieldOf(at);
        const known = protectiveField(field);
        if (known !== undefined)
          return { at, message: 'protection', params: { field, known }, severity: weight };
        const severity = parseFieldPath(at).includes('securityContext') ? weight : 'low';
        return { at, message: 'unknown', params: { field }, severity };
      }),
    );
  },
});

function fieldOf(path: string): string {
  return String(parseFieldPath(path).at(-1) ?? '');
}

/** Directives such as `$patch` belong to strategic merge patches, whose objects are not applied by themselves. */
function isDirective(field: string): boolean {
  return field.startsWith('$');
}
