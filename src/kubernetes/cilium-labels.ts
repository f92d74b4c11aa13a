/** The namespace of a pod among its labels (pkg/k8s/apis/cilium.io/const.go of cilium/cilium). */
export const NAMESPACE = 'io.kubernetes.pod.namespace';
/** Begins the labels that Cilium itself gives. */
export const OWN_PREFIX = 'io.cilium.k8s';

/**
 * Labels of pods that are no part of their identity unless Cilium is told so, and those that are all the same: the longest that is kept
 * wins against the shortest that is not (defaultLabelPrefixCfg and filterLabels in pkg/labelsfilter/filter.go).
 */
const KEPT = [NAMESPACE, 'app.kubernetes.io'];
const DROPPED: readonly RegExp[] = [
  /^io\.kubernetes/,
  /^kubernetes\.io/,
  /^statefulset\.kubernetes\.io\/pod-name/,
  /^apps\.kubernetes\.io\/pod-index/,
  /^batch\.kubernetes\.io\/job-completion-index/,
  /^batch\.kubernetes\.io\/controller-uid/,
  /^.*beta\.kubernetes\.io/,
  /^k8s\.io/,
  /^pod-template-generation/,
  /^pod-template-hash/,
  /^controller-revision-hash/,
  /^controller-uid/,
  /^annotation.*/,
  /^etcd_node/,
];

/**
 * The key of a selector, as GetExtendedKeyFrom in pkg/labels/labels.go reads it: `k8s:app` is of the source `k8s`, `reserved.host` and
 * `$host` of `reserved`, what names none of `any`.
 */
export function parseCiliumKey(text: string): { source: string; key: string } {
  const colon = text.indexOf(':');
  let [source, key] = ['any', text];
  if (text.startsWith('$')) [source, key] = ['reserved', text.slice(1)];
  else if (colon >= 0) [source, key] = [text.slice(0, colon) || 'any', text.slice(colon + 1)];
  else if (text.startsWith('reserved.')) [source, key] = ['reserved', text.slice('reserved.'.length)];
  return { source, key: key.split('=')[0]! };
}

/** Whether selectors see the label, if Cilium's options are as they come. */
export function isOfIdentity(key: string): boolean {
  const dropped = DROPPED.flatMap((pattern) => pattern.exec(key)?.[0].length ?? []);
  const kept = KEPT.filter((prefix) => key.startsWith(prefix)).map(({ length }) => length);
  return dropped.length === 0 || Math.max(0, ...kept) > Math.min(...dropped);
}
