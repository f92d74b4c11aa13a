import { asObject, asString, type Json } from '../../../kubernetes/json.ts';
import { defineCheck, failIfAny, notApplicable } from '../../define-check.ts';

function modeOf(value: Json | undefined): string {
  return asString(asObject(value)?.['mode']) ?? 'UNSET';
}

export default defineCheck({
  id: 'peer-authentication-not-strict',
  threat: 'spoofing',
  severity: 'low',
  confidence: 'high',
  subject: 'object',
  frameworks: {
    nsa: ['Network separation and hardening', 'Authentication and authorization'],
    mitre: ['T1557', 'T1040'],
    owasp: ['K06', 'K07'],
  },
  equivalents: {},
  messages: { permissive: [], disabled: [], 'port-permissive': ['port'], 'port-disabled': ['port'] },
  fix: 'none',
  evaluate({ object }) {
    if (object.group !== 'security.istio.io' || object.kind !== 'PeerAuthentication') return notApplicable;
    const { spec } = object;
    const mode = modeOf(spec['mtls']);
    const at = 'spec.mtls.mode';
    const ports = Object.entries(asObject(spec['portLevelMtls']) ?? {}).map(([port, value]) => ({
      at: `spec.portLevelMtls[${JSON.stringify(port)}].mode`,
      mode: modeOf(value),
      params: { port },
    }));
    const severity = 'medium' as const;
    return failIfAny([
      ...(mode === 'PERMISSIVE' ? [{ at, message: 'permissive' as const }] : []),
      ...(mode === 'DISABLE' ? [{ at, message: 'disabled' as const, severity }] : []),
      ...ports
        // Where all ports do so, one finding says it.
        .filter((each) => each.mode === 'PERMISSIVE' && mode !== 'PERMISSIVE')
        .map((each) => ({ at: each.at, message: 'port-permissive' as const, params: each.params })),
      ...ports
        .filter((each) => each.mode === 'DISABLE')
        .map((each) => ({ at: each.at, message: 'port-disabled' as const, params: each.params, severity })),
    ]);
  },
});
