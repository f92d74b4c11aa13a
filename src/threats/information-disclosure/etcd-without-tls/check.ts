import { defineCheck, failIfAny, notApplicable } from '../../define-check.ts';

export default defineCheck({
  id: 'etcd-without-tls',
  threat: 'information-disclosure',
  severity: 'high',
  confidence: 'high',
  subject: 'component',
  frameworks: { cis: ['2.1', '2.2', '2.3', '2.4', '2.5', '2.6'], mitre: ['T1040', 'T1552'], owasp: ['K09'] },
  equivalents: {},
  messages: { missing: ['flag'], 'not-required': ['flag'], automatic: ['flag'], plain: ['flag', 'url'] },
  fix: 'none',
  evaluate(component) {
    if (component.name !== 'etcd') return notApplicable;
    const clustered = (component.flag('initial-cluster')?.split(',').length ?? 1) > 1;
    const sides = clustered ? ['', 'peer-'] : [''];
    return failIfAny(
      sides.flatMap((side) => {
        const certificates = [`${side}cert-file`, `${side}key-file`]
          .filter((flag) => component.flag(flag) === undefined)
          .map(
            (flag) =>
              ({ at: component.flagPath(flag), message: 'missing', params: { flag: `--${flag}` } }) as const,
          );
        const auth = `${side}client-cert-auth`;
        const auto = `${side}auto-tls`;
        const listen = side === '' ? 'listen-client-urls' : 'listen-peer-urls';
        const plain = component
          .flag(listen)
          ?.split(',')
          .find((url) => /^http:\/\/(?!127\.0\.0\.1[:/]|localhost[:/]|\[::1\])/.test(url));
        return [
          ...certificates,
          ...(component.flag(auth) === 'true'
            ? []
            : [
                {
                  at: component.flagPath(auth),
                  message: 'not-required',
                  params: { flag: `--${auth}` },
                } as const,
              ]),
          ...(component.flag(auto) === 'true'
            ? [{ at: component.flagPath(auto), message: 'automatic', params: { flag: `--${auto}` } } as const]
            : []),
          ...(plain === undefined
            ? []
            : [
                {
                  at: component.flagPath(listen),
                  message: 'plain',
                  params: { flag: `--${listen}`, url: plain },
                } as const,
              ]),
        ];
      }),
    );
  },
});
