import type { Power } from '../power.ts';
import { CERTIFICATE_POWERS } from './certificates.ts';
import { CONTROL_PLANE_POWERS } from './control-plane.ts';
import { DISRUPTION_POWERS } from './disruption.ts';
import { IDENTITY_POWERS } from './identities.ts';
import { WORKLOAD_POWERS } from './workloads.ts';

const ALL = [
  ...IDENTITY_POWERS,
  ...CERTIFICATE_POWERS,
  ...WORKLOAD_POWERS,
  ...CONTROL_PLANE_POWERS,
  ...DISRUPTION_POWERS,
] as const;

export type PowerId = (typeof ALL)[number]['id'];

/** Every way to grow that is known, those with the plainest use first. */
export const POWERS: readonly (Power & { readonly id: PowerId })[] = ALL;
