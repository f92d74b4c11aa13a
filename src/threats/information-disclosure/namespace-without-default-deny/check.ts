import { newcomer, parseAddress } from '../../../engines/network/index.ts';
import { isSystemNamespace } from '../../../kubernetes/namespaces.ts';
import { defineCheck, fail, notApplicable, pass } from '../../define-check.ts';
import { networkAtPods } from '../../network-of.ts';
import { UNDECIDED, undecided } from '../../network-questions.ts';

/** An address on the internet that nobody has (RFC 5737), so that no rule means it by itself. */
const OUTSIDE = parseAddress('198.51.100.1')!;

export default defineCheck({
  id: 'namespace-without-default-deny',
  threat: 'information-disclosure',
  severity: 'low',
  confidence: 'medium',
  subject: 'namespace',
  frameworks: {
    cis: ['5.3.2'],
    nsa: ['Network separation and hardening'],
    owasp: ['K07'],
  },
  equivalents: {
    kubescape: ['C-0054', 'C-0206'],
    kyverno: ['add-network-policy', 'generate-networkpolicy-existing'],
    kubesplaining: ['KUBE-NETPOL-COVERAGE-001'],
  },
  messages: { both: ['namespace'], ingress: ['namespace'], egress: ['namespace'] },
  reasons: UNDECIDED,
  fix: 'none',
  evaluate(namespace, cluster) {
    const { name } = namespace;
    if (isSystemNamespace(name)) return notApplicable;
    // A namespace that is only referred to, or not even that, is defined and closed elsewhere.
    if (namespace.isAssumed) return notApplicable;
    if (namespace.definition === undefined && namespace.workloads.length === 0) return notApplicable;
    const network = networkAtPods(cluster);
    const { model } = network;
    const { all } = model.algebra;
    const [pod, stranger] = [newcomer(name), newcomer('')];
    const inwards = [model.into(stranger, pod), model.fromAddress(OUTSIDE, pod)];
    const outwards = [model.at(pod, 'egress', stranger, stranger), model.toAddress(pod, OUTSIDE)];
    const isOpen = (ends: typeof inwards) => ends.every(({ allowed }) => allowed === all);
    const [ingress, egress] = [isOpen(inwards), isOpen(outwards)];
    const mayBeOpen = [inwards, outwards].some(
      (ends) =>
        !isOpen(ends) &&
        ends.every(({ allowed, unknown: open }) => model.algebra.union(allowed, open) === all),
    );
    if (!ingress && !egress) return mayBeOpen ? undecided(network, name) : pass;
    return fail({
      at: namespace.path,
      message: ingress && egress ? 'both' : ingress ? 'ingress' : 'egress',
      params: { namespace: name },
      confidence: cluster.isComplete ? 'high' : 'low',
    });
  },
});
