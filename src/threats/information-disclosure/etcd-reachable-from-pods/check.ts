import { Component } from '../../../kubernetes/component.ts';
import { parseImage } from '../../../kubernetes/images.ts';
import { isUnsettled, type Listening, listening, machineAddresses } from '../../../kubernetes/listening.ts';
import { isSystemNamespace } from '../../../kubernetes/namespaces.ts';
import type { Workload } from '../../../kubernetes/workload.ts';
import { defineCheck, fail, notApplicable, pass, unknown } from '../../define-check.ts';
import { networkOf } from '../../network-of.ts';
import {
  few,
  isOpenToAnyPod,
  networkPodOf,
  reachersOf,
  UNDECIDED,
  undecided,
} from '../../network-questions.ts';

const CLIENTS = 2379;
const PEERS = 2380;

/** `exec etcd --name=a`, `/usr/local/bin/etcd \` in a script. */
const STARTED = /(?:^|[\s;&|(]|\/bin\/)etcd\s+[-\\]/;

function isEtcdImage(image: string): boolean {
  const repository = parseImage(image)?.repository ?? '';
  return repository === 'etcd' || repository.endsWith('/etcd');
}

/** Settings that do not stand among the flags, or are put into them when the container starts. */
function isConfiguredElsewhere(workload: Workload, etcd: Component): boolean {
  if (etcd.flag('config-file') !== undefined || isUnsettled(etcd)) return true;
  return workload.containers.some(({ environment }) =>
    environment.some(({ name }) => name === 'ETCD_LISTEN_CLIENT_URLS' || name === 'ETCD_CONFIG_FILE'),
  );
}

export default defineCheck({
  id: 'etcd-reachable-from-pods',
  threat: 'information-disclosure',
  severity: 'high',
  confidence: 'medium',
  subject: 'workload',
  frameworks: {
    nsa: ['Network separation and hardening'],
    mitre: ['T1210'],
    owasp: ['K07', 'K09'],
  },
  equivalents: {},
  messages: {
    machine: ['address', 'port', 'count', 'total', 'workloads'],
    pods: ['port'],
  },
  reasons: { ...UNDECIDED, 'address-not-known': [], 'settings-not-seen': [] },
  fix: 'none',
  evaluate(workload, cluster) {
    const [etcd] = Component.of(workload).filter(({ name }) => name === 'etcd');
    const container =
      etcd?.container ??
      workload.containers.find(({ image, isLongRunning, spec, commandLine }) => {
        // With a command of its own, it is etcdctl or a script, which may start it.
        const mayRun = spec['command'] === undefined || commandLine.some(({ text }) => STARTED.test(text));
        return isLongRunning && mayRun && isEtcdImage(image);
      });
    if (container === undefined) return notApplicable;
    const keepsCluster = workload.pod['hostNetwork'] === true || isSystemNamespace(workload.namespace);
    const isMutual = etcd?.flag('client-cert-auth') === 'true';
    const severity = keepsCluster && !isMutual ? 'high' : 'medium';
    const opened = etcd === undefined ? [] : (listening(etcd) ?? []);
    if (etcd !== undefined && opened.length === 0) {
      // Nothing but the loopback address, unless it is said elsewhere.
      return isConfiguredElsewhere(workload, etcd) ? unknown('settings-not-seen', {}, container.path) : pass;
    }
    if (workload.pod['hostNetwork'] !== true) {
      const pod = networkPodOf(workload, cluster);
      if (pod === undefined) return notApplicable;
      const ports = etcd === undefined ? [CLIENTS, PEERS] : [...new Set(opened.map(({ port }) => port))];
      const answers = ports.map((port) => isOpenToAnyPod(workload, pod, port, cluster));
      const open = ports.filter((_, index) => answers[index] === true);
      if (open.length > 0) {
        const at = workload.metadataAt('labels');
        return fail({ at, message: 'pods', params: { port: open.join(', ') }, severity });
      }
      if (etcd !== undefined && isUnsettled(etcd)) return unknown('settings-not-seen', {}, container.path);
      return answers.includes('unknown') ? undecided(networkOf(cluster), workload.namespace) : pass;
    }
    if (etcd === undefined) return unknown('settings-not-seen', {}, container.path);
    const machine = machineAddresses(workload.object, cluster);
    const places = opened.flatMap((each: Listening) =>
      (each.address === undefined ? machine : [each.address]).map((address) => ({ ...each, address })),
    );
    if (places.length === 0) return unknown('address-not-known', {}, etcd.flagPath('listen-client-urls'));
    const [of, first] = [reachersOf(places, cluster), places[0]!];
    if (of.total === 0) return notApplicable;
    if (of.reaching.length === 0) {
      if (isUnsettled(etcd)) return unknown('settings-not-seen', {}, container.path);
      return of.isUndecided ? undecided(networkOf(cluster), workload.namespace) : pass;
    }
    const { address, flag, port } =
      places.find((each) => reachersOf([each], cluster).reaching.length > 0) ?? first;
    const { reaching, total } = of;
    const params = { address, port, count: reaching.length, total, workloads: few(reaching) };
    return fail({ at: etcd.flagPath(flag), message: 'machine', params, severity });
  },
});
