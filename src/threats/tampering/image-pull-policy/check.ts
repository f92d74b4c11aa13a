import { imageStability } from '../../../kubernetes/image-tags.ts';
import { defineCheck, fail, pass } from '../../define-check.ts';
import { judgeImage } from '../../judge-image.ts';

export default defineCheck({
  id: 'image-pull-policy',
  threat: 'tampering',
  severity: 'low',
  confidence: 'high',
  subject: 'container',
  frameworks: { nsa: ['Kubernetes Pod security'], mitre: ['T1525'], owasp: ['K02'] },
  equivalents: {
    kubescape: ['C-0075'],
    kyverno: ['imagepullpolicy-always'],
  },
  messages: { stale: ['container', 'image', 'policy'], never: ['container', 'image'] },
  reasons: { substituted: ['container'] },
  fix: 'none',
  evaluate(container) {
    return judgeImage(container, (reference) => {
      const policy = container.spec['imagePullPolicy'];
      const stability = imageStability(reference);
      // A digest names the same bytes wherever they come from.
      if (stability === undefined || (policy !== 'IfNotPresent' && policy !== 'Never')) return pass;
      const params = { container: container.name, image: container.image };
      const at = container.at('imagePullPolicy');
      if (stability !== 'release') return fail({ at, message: 'stale', params: { ...params, policy } });
      return policy === 'Never' ? fail({ at, message: 'never', params }) : pass;
    });
  },
});
