import { isUnsettled, listening, machineAddresses } from '../../../kubernetes/listening.ts';
import { defineCheck, fail, notApplicable, pass, unknown } from '../../define-check.ts';
import { networkOf } from '../../network-of.ts';
import { few, reachersOf, UNDECIDED, undecided } from '../../network-questions.ts';

const NAMES: readonly string[] = ['kube-controller-manager', 'kube-scheduler'];

export default defineCheck({
  id: 'control-plane-port-reachable-from-pods',
  threat: 'information-disclosure',
  severity: 'low',
  confidence: 'medium',
  subject: 'component',
  frameworks: {
    cis: ['1.3.7', '1.4.2'],
    nsa: ['Network separation and hardening'],
    mitre: ['T1046'],
    owasp: ['K07', 'K09'],
  },
  equivalents: {},
  messages: { open: ['component', 'address', 'port', 'count', 'total', 'workloads'] },
  reasons: {
    ...UNDECIDED,
    'address-not-known': ['component', 'port'],
    'settings-not-seen': ['component'],
  },
  fix: 'none',
  evaluate(component, cluster) {
    const { name, container, object } = component;
    if (!NAMES.includes(name)) return notApplicable;
    const [open] = listening(component) ?? [];
    // A control plane of its own in pods, as of virtual clusters, has policies for these.
    const isInPods = container !== undefined && container.workload.pod['hostNetwork'] !== true;
    if (open !== undefined && isInPods) return notApplicable;
    const at = component.flagPath('bind-address');
    if (open === undefined) {
      if (!isUnsettled(component)) return pass;
      return isInPods ? notApplicable : unknown('settings-not-seen', { component: name }, at);
    }
    const { port } = open;
    const addresses = open.address === undefined ? machineAddresses(object, cluster) : [open.address];
    const [address] = addresses;
    if (address === undefined) return unknown('address-not-known', { component: name, port }, at);
    const places = addresses.map((each) => ({ address: each, port }));
    const { reaching, total, isUndecided } = reachersOf(places, cluster);
    if (total === 0) return notApplicable;
    if (reaching.length === 0)
      return isUndecided ? undecided(networkOf(cluster), object.namespace ?? '') : pass;
    const params = {
      component: name,
      address,
      port,
      count: reaching.length,
      total,
      workloads: few(reaching),
    };
    return fail({ at, message: 'open', params });
  },
});
