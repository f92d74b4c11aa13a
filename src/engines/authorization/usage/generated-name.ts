/**
 * What generateName of the API server and the controllers append: k8s.io/apimachinery pkg/util/rand, an alphabet without vowels and
 * without 0, 1 and 3, five characters, or eight to ten of a hash.
 */
const SUFFIX = '[bcdfghjklmnpqrstvwxz2456789]';

const PATTERNS: readonly RegExp[] = [
  // A hash and a suffix: pods of ReplicaSets.
  new RegExp(`-${SUFFIX}{8,10}-${SUFFIX}{5}$`),
  // A suffix or a hash, told from a word such as "https" by a digit in it.
  new RegExp(`-(?=[a-z]*[2-9])${SUFFIX}{5}$`),
  new RegExp(`-(?=[a-z]*[2-9])${SUFFIX}{8,10}$`),
  // Hexadecimal: Events, hashes of contents; with what node pools append.
  /[-.](?=[a-f]*[0-9])[0-9a-f]{8,64}(-[a-z0-9]{4,5})?$/,
  /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/,
  // Times of CronJobs, in minutes or seconds.
  /-\d{8,10}(-|$)/,
  // Revisions of Helm releases.
  /^sh\.helm\.release\.v\d+\..+\.v\d+$/,
  // Certificate signing requests of kubelets; nodes of AWS and Azure.
  /^(?:node-)?csr-/,
  /^ip(?:-\d{1,3}){4}(?:\.|$)/,
  /-vmss[0-9a-z]{6}$/,
];

/** Resources of which every object is named by a machine. */
const RESOURCES: ReadonlySet<string> = new Set(['events', 'tokenreviews', 'subjectaccessreviews']);

/** Whether a name was most likely made up by a machine, so that the next object has another one. */
export function isGeneratedName(resource: string, name: string): boolean {
  return RESOURCES.has(resource) || PATTERNS.some((pattern) => pattern.test(name));
}
