import { imageStability } from '../../../kubernetes/image-tags.ts';
import { defineCheck, fail, notApplicable, pass } from '../../define-check.ts';
import { judgeImage } from '../../judge-image.ts';

export default defineCheck({
  id: 'image-mutable-tag',
  threat: 'tampering',
  severity: 'low',
  confidence: 'medium',
  subject: 'container',
  frameworks: { nsa: ['Kubernetes Pod security'], mitre: ['T1525', 'T1195.002'], owasp: ['K02'] },
  equivalents: {},
  messages: { channel: ['container', 'image', 'tag'], major: ['container', 'image', 'tag'] },
  reasons: { substituted: ['container'] },
  fix: 'none',
  evaluate(container) {
    return judgeImage(container, (reference) => {
      const stability = imageStability(reference);
      if (stability === 'latest') return notApplicable;
      if (stability !== 'channel' && stability !== 'major') return pass;
      return fail({
        at: container.at('image'),
        message: stability,
        params: { container: container.name, image: container.image, tag: reference.tag ?? '' },
        severity: stability === 'channel' ? 'low' : 'info',
      });
    });
  },
});
