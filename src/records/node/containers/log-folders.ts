import { readdirSync, readlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseContainerLink, parsePodFolder, parsePodLogPath } from '../cri/log-path.ts';
import type { SeenPods } from './directory.ts';

/**
 * Adds what the names of a node's log files tell: /var/log/pods has a folder a Pod, and /var/log/containers a link a container, whose name
 * has its id (kubelet, kuberuntime/kuberuntime_container.go, legacyLogSymlink). A folder that is not there adds nothing.
 * @param root where the node's /var/log is
 */
export function addLogFolders(directory: SeenPods, root: string): void {
  for (const folder of namesIn(join(root, 'pods'))) {
    const place = parsePodFolder(folder);
    if (place !== undefined) directory.add(place);
  }
  const links = join(root, 'containers');
  for (const name of namesIn(links)) {
    const link = parseContainerLink(name);
    if (link === undefined) continue;
    const place = parsePodLogPath(targetOf(join(links, name)));
    if (place !== undefined) directory.add({ ...place, container: link.container }, link.containerId);
    else directory.add({ ...link, podUid: '' }, link.containerId);
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).map((name) => basename(name));
  } catch {
    return [];
  }
}

function targetOf(link: string): string {
  try {
    return readlinkSync(link);
  } catch {
    return '';
  }
}
