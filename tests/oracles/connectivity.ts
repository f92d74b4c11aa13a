import { truthCases } from '../truth.ts';
import type { Tally } from './tally.ts';

const CONNECTIVITY = 'npguard-connectivity';

/**
 * The rows of netpol-analyzer's tests that are wanted. Those of networks beside that of the pods are left out: they are no part of
 * Kubernetes' API, and no policy of it speaks of them.
 */
export function connectivityRows(
  tally: Tally,
  isWanted: (row: Record<string, string>) => boolean,
): Record<string, string>[] {
  const rows = truthCases(CONNECTIVITY).filter(isWanted);
  return rows.filter(({ multi_network }) => {
    if (multi_network === '') return true;
    tally.leaveOut(
      'networks beside that of the pods (UserDefinedNetwork, NetworkAttachmentDefinition): not in the API of Kubernetes; its network model has one address a pod (kubernetes.io, Services, Load Balancing, and Networking, "The Kubernetes network model")',
    );
    return false;
  });
}
