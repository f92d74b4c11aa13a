import type { JsonObject } from '../../kubernetes/json.ts';
import type { NodeFactsSpec, NodeProcess } from '../../kubernetes/node-facts.ts';
import { EVIDENCE_API_VERSION } from '../../kubernetes/object.ts';
import type { SnapshotEvent } from '../snapshot.ts';
import { namesById } from './accounts.ts';
import { readAuditRules } from './audit-rules.ts';
import { readClock } from './clock.ts';
import { FileCollector } from './file-collector.ts';
import { describeHost, hostname } from './host.ts';
import { PLACES } from './places.ts';
import { readProcesses } from './processes.ts';
import { filesOfCommand } from './referenced-files.ts';
import { Root } from './root.ts';

export interface CollectNodeOptions {
  /** Absolute path of the folder that holds the node's file system: `/` on the node itself. */
  readonly root: string;
  /** RFC 3339, UTC. */
  readonly collectedAt: string;
  /** What the node is called where neither its kubelet nor the node itself says so. */
  readonly name: string;
}

/**
 * What Kubernetes runs with on a node: configuration files without their secrets, certificates without their keys, owners and modes of
 * files, running programs and their flags, traces of its time service, whether its audit rules record commands. Only reads, and only places that Kubernetes and its distributions use or that their
 * programs name. Never throws: what the system refuses is named in the facts.
 */
export async function* collectNode({
  root: folder,
  collectedAt,
  name,
}: CollectNodeOptions): AsyncGenerator<SnapshotEvent> {
  yield { type: 'source', source: { kind: 'node', collectedAt } };
  const root = new Root(folder);
  const users = namesById(root, '/etc/passwd');
  const running = readProcesses(root, users);
  const files = new FileCollector(root, users, namesById(root, '/etc/group'));
  for (const place of PLACES) files.collect(place, false);
  for (const { args } of running.processes ?? []) {
    for (const place of filesOfCommand(args)) files.collect(place, true);
  }
  const own = hostname(root);
  const node = nodeName(running.processes ?? []) ?? own ?? name;
  const { processes } = running;
  const clock = readClock(root);
  const auditRules = readAuditRules(root);
  const spec: NodeFactsSpec = {
    observedAt: collectedAt,
    hostname: own ?? name,
    ...describeHost(root),
    ...(processes === undefined ? {} : { processes }),
    clock: clock.traces,
    auditRules: auditRules.files,
    files: files.files,
    notRead: [...running.notRead, ...clock.notRead, ...auditRules.notRead, ...files.notRead],
  };
  const facts = { apiVersion: EVIDENCE_API_VERSION, kind: 'NodeFacts', metadata: { name: node }, spec };
  yield { type: 'facts', facts: facts as unknown as JsonObject };
  for (const { path, content } of files.contents) yield { type: 'file', node, path, content };
}

/** As the kubelet registers it. */
function nodeName(processes: readonly NodeProcess[]): string | undefined {
  const kubelet = processes.find(({ name }) => name === 'kubelet');
  return kubelet?.args
    .map((word) => /^--hostname-override=(.+)$/.exec(word)?.[1])
    .find((name) => name !== undefined);
}
