import { imageStability } from '../../../kubernetes/image-tags.ts';
import { defineCheck, fail, pass } from '../../define-check.ts';
import { judgeImage } from '../../judge-image.ts';

export default defineCheck({
  id: 'image-latest-tag',
  threat: 'tampering',
  severity: 'low',
  confidence: 'high',
  subject: 'container',
  frameworks: { nsa: ['Kubernetes Pod security'], mitre: ['T1525', 'T1195.002'], owasp: ['K02'] },
  equivalents: {
    trivy: ['KSV-0013'],
    'kube-linter': ['latest-tag'],
    polaris: ['tagNotSpecified'],
    checkov: ['CKV_K8S_14'],
    kyverno: ['disallow-latest-tag'],
    kubesplaining: ['KUBE-IMAGE-LATEST-001'],
  },
  messages: { latest: ['container', 'image'], 'no-tag': ['container', 'image'] },
  reasons: { substituted: ['container'] },
  fix: 'none',
  evaluate(container) {
    return judgeImage(container, (reference) => {
      if (imageStability(reference) !== 'latest') return pass;
      return fail({
        at: container.at('image'),
        message: reference.tag === undefined ? 'no-tag' : 'latest',
        params: { container: container.name, image: container.image },
      });
    });
  },
});
