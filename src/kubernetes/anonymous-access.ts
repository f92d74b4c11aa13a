import type { ClusterFacts } from './cluster-facts.ts';

/** Whether any request without credentials was answered: else nothing is known of what strangers may do. */
export function wasAnswered(facts: ClusterFacts): boolean {
  return facts.anonymous.some(({ status }) => status !== undefined);
}

/**
 * Those of the paths that answered a request without credentials with what they have.
 * @returns undefined where there are none
 */
export function openToStrangers(
  facts: ClusterFacts,
  paths: readonly string[],
): { readonly at: string; readonly params: { readonly paths: string } } | undefined {
  const open = facts.anonymous.filter(
    ({ path, status = 0 }) => paths.includes(path) && status >= 200 && status < 300,
  );
  const [first] = open;
  return first && { at: first.at, params: { paths: open.map(({ path }) => path).join(', ') } };
}
