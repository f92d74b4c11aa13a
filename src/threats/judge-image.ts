import { statedImage } from '../kubernetes/image-tags.ts';
import type { ImageReference } from '../kubernetes/images.ts';
import type { Container } from '../kubernetes/workload.ts';
import { notApplicable, unknown } from './define-check.ts';

/**
 * Judges the image of a container where it can be read. The checks declare the reason `substituted` (`container`); an image
 * that no runtime accepts is left to `image-reference-invalid`.
 */
export function judgeImage<V>(container: Container, judge: (reference: ImageReference) => V) {
  const image = statedImage(container);
  switch (image.state) {
    case 'reference':
      return judge(image.reference);
    case 'substituted':
      return unknown('substituted', { container: container.name }, container.at('image'));
    default:
      return notApplicable;
  }
}
