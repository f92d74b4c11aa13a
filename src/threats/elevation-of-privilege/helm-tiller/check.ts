import { parseImage } from '../../../kubernetes/images.ts';
import { asNumber } from '../../../kubernetes/json.ts';
import { defineCheck, fail, notApplicable, pass } from '../../define-check.ts';

/** https://v2.helm.sh/docs/securing_installation/ */
const PORT = 44134;

export default defineCheck({
  id: 'helm-tiller',
  threat: 'elevation-of-privilege',
  severity: 'high',
  confidence: 'high',
  subject: 'container',
  frameworks: {
    nsa: ['Upgrading and application security practices'],
    mitre: ['T1610'],
    owasp: ['K06', 'K10'],
  },
  equivalents: {
    trivy: ['KSV-0102'],
    checkov: ['CKV_K8S_34'],
    kyverno: ['disallow-helm-tiller'],
  },
  messages: { image: ['image'], port: ['port'] },
  fix: 'none',
  evaluate(container) {
    if (!container.isLongRunning) return notApplicable;
    const repository = parseImage(container.image)?.repository ?? '';
    if (/(?:^|\/)tiller$/.test(repository)) {
      return fail({ at: container.at('image'), message: 'image', params: { image: container.image } });
    }
    const port = container.ports.find(({ raw }) => asNumber(raw['containerPort']) === PORT);
    if (port === undefined) return pass;
    const at = `${port.path}.containerPort`;
    return fail({ at, message: 'port', params: { port: PORT }, severity: 'low', confidence: 'low' });
  },
});
