import { parseImage } from '../../../kubernetes/images.ts';
import { asNumber, asString } from '../../../kubernetes/json.ts';
import type { Container } from '../../../kubernetes/workload.ts';
import { defineCheck, fail, notApplicable, pass } from '../../define-check.ts';
import { fromInternet } from '../../exposure-of.ts';

const IMAGES = new Set(['openssh-server', 'sshd', 'docker-sshd', 'docker-openssh', 'dropbear']);

/** By what runs, else by a port of this number or name. */
function sshOf(container: Container) {
  const { commandLine, ports, image } = container;
  const word = commandLine.find(({ text }) => /(?:^|[\s/])(?:sshd|dropbear)(?:\s|$)/.test(text));
  const stated = ports.find(
    ({ raw }) => raw['containerPort'] === 22 || /^sshd?$/.test(asString(raw['name']) ?? ''),
  );
  const port = asNumber(stated?.raw['containerPort']) ?? 22;
  if (word !== undefined) return { path: word.path, port, confidence: 'high' } as const;
  const repository = parseImage(image)?.repository ?? '';
  if (IMAGES.has(repository.slice(repository.lastIndexOf('/') + 1))) {
    return { path: container.at('image'), port, confidence: 'high' } as const;
  }
  if (stated === undefined) return undefined;
  return { path: `${stated.path}.containerPort`, port, confidence: 'medium' } as const;
}

export default defineCheck({
  id: 'ssh-server',
  threat: 'elevation-of-privilege',
  severity: 'low',
  confidence: 'high',
  subject: 'container',
  frameworks: { mitre: ['T1021.004', 'T1133'], nsa: ['Kubernetes Pod security'], owasp: ['K01'] },
  equivalents: {
    kubescape: ['C-0042'],
    'kube-linter': ['ssh-port'],
    'ms-threat-matrix': ['MS-TA9010'],
  },
  messages: { inside: ['port'], 'open-to-internet': ['port', 'way'] },
  fix: 'none',
  evaluate(container, cluster) {
    if (!container.isLongRunning) return notApplicable;
    const found = sshOf(container);
    if (found === undefined) return pass;
    const { path: at, port, confidence } = found;
    const reach = fromInternet(container, [port], cluster);
    return reach.verdict === 'open'
      ? fail({
          at,
          message: 'open-to-internet',
          params: { port, way: reach.way },
          severity: 'medium',
          confidence,
        })
      : fail({ at, message: 'inside', params: { port }, confidence });
  },
});
