import { hostPathKind, normaliseHostPath } from '../../../kubernetes/host-paths.ts';
import { asObject, asString } from '../../../kubernetes/json.ts';
import { defineCheck, fail, notApplicable, pass } from '../../define-check.ts';

export default defineCheck({
  id: 'persistent-volume-host-path',
  threat: 'tampering',
  severity: 'medium',
  confidence: 'high',
  subject: 'object',
  frameworks: {
    nsa: ['Kubernetes Pod security'],
    mitre: ['T1611'],
    owasp: ['K01'],
    audits: ['TOB-K8S-038'],
  },
  equivalents: { kyverno: ['limit-hostpath-type-pv'], kubesplaining: ['KUBE-PV-HOSTPATH-001'] },
  messages: { sensitive: ['source', 'path'], plain: ['path'] },
  fix: 'none',
  evaluate({ object }) {
    if (object.kind !== 'PersistentVolume' || object.group !== '') return notApplicable;
    for (const source of ['hostPath', 'local']) {
      const written = asString(asObject(object.spec[source])?.['path']) ?? '';
      if (written === '') continue;
      const at = `spec.${source}.path`;
      const path = normaliseHostPath(written);
      const kind = hostPathKind(path);
      // A local volume may well be a disk.
      if (kind !== 'other' && !(source === 'local' && kind === 'devices')) {
        return fail({ at, message: 'sensitive', params: { source, path }, severity: 'high' });
      }
      if (source === 'hostPath') return fail({ at, message: 'plain', params: { path } });
    }
    return pass;
  },
});
