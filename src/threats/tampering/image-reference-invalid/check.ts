import { statedImage } from '../../../kubernetes/image-tags.ts';
import { defineCheck, fail, notApplicable, pass, unknown } from '../../define-check.ts';

export default defineCheck({
  id: 'image-reference-invalid',
  threat: 'tampering',
  severity: 'low',
  confidence: 'high',
  subject: 'container',
  frameworks: { owasp: ['K02'] },
  equivalents: {},
  messages: { placeholder: ['container', 'image'], invalid: ['container', 'image'] },
  reasons: { substituted: ['container'] },
  fix: 'none',
  evaluate(container) {
    const image = statedImage(container);
    if (image.state === 'absent') return notApplicable;
    if (image.state === 'reference') return pass;
    const at = container.at('image');
    if (image.state === 'substituted') return unknown('substituted', { container: container.name }, at);
    return fail({
      at,
      message: image.placeholder ? 'placeholder' : 'invalid',
      params: { container: container.name, image: container.image },
    });
  },
});
