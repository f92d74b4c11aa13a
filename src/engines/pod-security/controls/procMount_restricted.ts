import type { Control } from '../control.ts';
import { judgeProcMount } from './procMount.ts';

/** The masks over /proc stay, whatever user namespace the pod is in: check_procMount_restricted.go. */
export const procMount_restricted: Control = {
  id: 'procMount_restricted',
  level: 'restricted',
  versions: [{ minimumVersion: 'v1.35', judge: judgeProcMount, overrides: ['procMount'] }],
};
