import { asObject, asString } from '../../../kubernetes/json.ts';
import type { Control, Forbidden } from '../control.ts';
import { annotation, annotationPath, fieldPath, type Pod } from '../pod.ts';
import { compareBytes, joinQuote, pluralize, quote, setters, sortedSet } from '../wording.ts';

/** The default AppArmor profile may not be disabled or replaced by an unknown one: check_appArmorProfile.go. */
export const appArmorProfile: Control = {
  id: 'appArmorProfile',
  level: 'baseline',
  versions: [{ minimumVersion: 'v1.0', judge }],
};

const ANNOTATION_PREFIX = 'container.apparmor.security.beta.kubernetes.io/';

function judge(pod: Pod): Forbidden | undefined {
  const paths: string[] = [];
  const badTypes: string[] = [];
  const forbidden = (securityContext: typeof pod.securityContext, path: string): boolean => {
    const profile = asObject(securityContext?.['appArmorProfile']);
    if (profile === undefined) return false;
    const type = asString(profile['type']) ?? '';
    if (type === 'RuntimeDefault' || type === 'Localhost') return false;
    badTypes.push(type);
    paths.push(fieldPath(`${path}.securityContext.appArmorProfile`, profile, 'type'));
    return true;
  };
  const podIsBad = forbidden(pod.securityContext, 'spec');
  const badContainers: string[] = [];
  for (const { name, path, securityContext } of pod.containers) {
    if (forbidden(securityContext, path)) badContainers.push(name);
  }

  const badAnnotations: string[] = [];
  for (const key of Object.keys(pod.annotations)) {
    if (!key.startsWith(ANNOTATION_PREFIX)) continue;
    const value = annotation(pod, key);
    if (value === undefined || allowedAnnotation(value)) continue;
    badAnnotations.push(`${key}=${quote(value)}`);
    paths.push(annotationPath(key));
  }

  const badSetters = setters(podIsBad, badContainers);
  const values = sortedSet(badTypes);
  if (badAnnotations.length > 0) {
    values.push(...badAnnotations.sort(compareBytes));
    badSetters.push(pluralize('annotation', 'annotations', badAnnotations.length));
  }
  if (badSetters.length === 0) return undefined;
  return {
    reason: pluralize('forbidden AppArmor profile', 'forbidden AppArmor profiles', values.length),
    detail: `${badSetters.join(' and ')} must not set AppArmor profile type to ${joinQuote(values)}`,
    paths,
  };
}

function allowedAnnotation(profile: string): boolean {
  return profile === '' || profile === 'runtime/default' || profile.startsWith('localhost/');
}
