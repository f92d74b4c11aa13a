import { imageStability } from '../../../kubernetes/image-tags.ts';
import { defineCheck, fail, notApplicable, pass } from '../../define-check.ts';
import { judgeImage } from '../../judge-image.ts';

export default defineCheck({
  id: 'image-without-digest',
  threat: 'tampering',
  severity: 'info',
  confidence: 'high',
  subject: 'container',
  frameworks: { nsa: ['Kubernetes Pod security'], mitre: ['T1525', 'T1195.002'], owasp: ['K02'] },
  equivalents: {
    kubescape: ['C-0306'],
    checkov: ['CKV_K8S_43'],
    kyverno: ['require-image-checksum'],
    kubesplaining: ['KUBE-CONTAINER-IMAGE-001'],
  },
  messages: { 'by-tag': ['container', 'image'] },
  reasons: { substituted: ['container'] },
  fix: 'none',
  evaluate(container) {
    return judgeImage(container, (reference) => {
      const stability = imageStability(reference);
      if (stability === undefined) return pass;
      // A tag that moves by its meaning is the finding of a check of its own.
      if (stability !== 'release') return notApplicable;
      return fail({
        at: container.at('image'),
        message: 'by-tag',
        params: { container: container.name, image: container.image },
      });
    });
  },
});
