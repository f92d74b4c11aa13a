import { serviceAccountOf } from '../../../engines/authorization/index.ts';
import { asObject } from '../../../kubernetes/json.ts';
import { isMachinery } from '../controllers.ts';
import type { Entry } from '../entry.ts';
import type { Investigation } from '../investigation.ts';
import { inPod } from '../subject.ts';
import { type Link, link } from './link.ts';

const HOUR = 3_600_000_000;
/** How long after somebody went into a pod what the pod does is held against him, where nothing else points at him. */
const AFTERMATH = 24 * HOUR;
/** So much later a command may be seen than the request that started it, and a request than the command that sent it. */
const COMMAND_LAG = 10 * 60_000_000;
const ENTERING = ['exec', 'attach', 'portforward', 'proxy', 'ephemeralcontainers'];
/** Links of one kind for one entry. */
const MOST = 5;

interface PodName {
  readonly namespace: string;
  readonly name: string;
}

/** The pod in which something was done, or whose token did it. */
export function podOf(entry: Entry): PodName | undefined {
  const { pod, user, namespace: own, source } = entry;
  if (pod === '') return undefined;
  const slash = pod.indexOf('/');
  if (slash > 0) return { namespace: pod.slice(0, slash), name: pod.slice(slash + 1) };
  const namespace = source === 'audit' ? serviceAccountOf(user)?.namespace : own;
  return namespace === undefined || namespace === '' ? undefined : { namespace, name: pod };
}

/** Who was in the pod before, what ran there, and who made it. */
export async function pods(investigation: Investigation, entry: Entry): Promise<Link[]> {
  const pod = podOf(entry);
  if (pod === undefined) return [];
  return [
    ...(await entered(investigation, entry, pod)),
    ...(await commands(investigation, entry, pod)),
    ...(await created(investigation, entry, pod)),
  ];
}

async function entered(investigation: Investigation, entry: Entry, pod: PodName): Promise<Link[]> {
  const { entries } = await investigation.entries({
    to: entry.time,
    where: [
      { column: 'cluster', is: entry.cluster },
      { column: 'source', is: 'audit' },
      { column: 'resource', is: 'pods' },
      { column: 'api_group', is: '' },
      { column: 'namespace', is: pod.namespace },
      { column: 'name', is: pod.name },
      { column: 'subresource', is: ENTERING },
      { column: 'verb', not: ['list', 'watch'] },
    ],
    order: 'newest',
    limit: MOST * 4,
  });
  // A stream is at work long before the record of its end is written.
  const goingIn = entries
    .filter(({ outcome, id, object, verb }) => {
      const isLook = verb === 'get' && object?.subresource === 'ephemeralcontainers';
      return id !== entry.id && !isLook && (outcome === 'done' || outcome === 'open');
    })
    .slice(-MOST)
    .reverse();
  const links: Link[] = [];
  for (const going of goingIn) {
    const news = await unseenBefore(investigation, entry, pod, going.time);
    const ran = entry.source === 'command' && isCommandOf(going, entry);
    if (news.length === 0 && !ran && going.time < entry.time - AFTERMATH) continue;
    links.push(
      link(
        'pod-entered',
        going,
        entry,
        'possible',
        ['pod-name', `${pod.namespace}/${pod.name}`],
        ...news,
        ...(ran ? ([['same-command', entry.message]] as const) : []),
      ),
    );
  }
  return links;
}

/** What the pod's token had never done before: come from this address, or with this program. */
async function unseenBefore(
  investigation: Investigation,
  entry: Entry,
  pod: PodName,
  time: number,
): Promise<(readonly ['new-address' | 'new-agent', string])[]> {
  if (entry.source !== 'audit') return [];
  const { rows } = await investigation.count(
    {
      to: time,
      where: [
        { column: 'cluster', is: entry.cluster },
        { column: 'source', is: 'audit' },
        inPod(pod.namespace, pod.name),
      ],
    },
    ['source_ip', 'user_agent'],
  );
  if (rows.length === 0) return [];
  const has = (at: number, value: string) => value === '' || rows.some(({ by }) => by[at] === value);
  return [
    ...(has(0, entry.ip) ? [] : [['new-address', entry.ip] as const]),
    ...(has(1, entry.agent) ? [] : [['new-agent', entry.agent] as const]),
  ];
}

/** The words of `kubectl exec … -- COMMAND`, in the query of the request. */
function isCommandOf({ uri, time }: Entry, command: Entry): boolean {
  const query = uri.indexOf('?');
  if (query < 0 || command.time - time > COMMAND_LAG) return false;
  const words = new URLSearchParams(uri.slice(query + 1)).getAll('command');
  return words.length > 0 && words.join(' ') === command.message;
}

async function commands(investigation: Investigation, entry: Entry, pod: PodName): Promise<Link[]> {
  if (entry.source !== 'audit') return [];
  const { entries } = await investigation.entries({
    from: entry.time - COMMAND_LAG,
    to: entry.time,
    where: [
      { column: 'source', is: 'command' },
      { column: 'cluster', is: entry.cluster },
      inPod(pod.namespace, pod.name),
    ],
    order: 'newest',
    limit: MOST,
  });
  return entries.map((command) =>
    link('command-run', command, entry, 'possible', ['pod-name', `${pod.namespace}/${pod.name}`]),
  );
}

async function created(investigation: Investigation, entry: Entry, pod: PodName): Promise<Link[]> {
  const creations = await investigation.done(
    entry.cluster,
    entry.time,
    [
      { column: 'resource', is: 'pods' },
      { column: 'namespace', is: pod.namespace },
      { column: 'name', is: pod.name },
      { column: 'subresource', is: '' },
      { column: 'verb', is: 'create' },
    ],
    MOST,
  );
  const uid = (await investigation.body(entry))?.extra['authentication.kubernetes.io/pod-uid']?.[0];
  for (const creation of creations) {
    const made = asObject((await investigation.body(creation))?.response?.['metadata'])?.['uid'];
    if (uid !== undefined && made === uid)
      return [link('pod-created', creation, entry, 'proven', ['pod-uid', uid])];
    // A pod of the same name that was there before, or came later, is another one.
    if (uid === undefined || made === undefined)
      return [link('pod-created', creation, entry, 'possible', ['pod-name', `${pod.namespace}/${pod.name}`])];
  }
  return [];
}

/** What gives a container the node: a way out of it, for whoever is inside. */
const HOST = ['hostPath', 'privileged', 'hostPID'];

/** Who made pods that reach the node, where a kubelet's identity is used by something that is no kubelet. */
export async function nodes(investigation: Investigation, entry: Entry): Promise<Link[]> {
  const node = entry.user.startsWith('system:node:') ? entry.user.slice('system:node:'.length) : undefined;
  if (node === undefined || entry.agent === '' || entry.agent.startsWith('kubelet/')) return [];
  const links: Link[] = [];
  for (const word of HOST) {
    const { entries } = await investigation.entries({
      from: entry.time - AFTERMATH,
      to: entry.time,
      where: [
        { column: 'cluster', is: entry.cluster },
        { column: 'source', is: 'audit' },
        { column: 'resource', is: 'pods' },
        { column: 'subresource', is: '' },
        { column: 'verb', is: 'create' },
      ],
      text: [word],
      order: 'newest',
      limit: MOST * 2,
    });
    for (const pod of entries) {
      if (pod.outcome !== 'done' || isMachinery(pod) || links.some(({ from }) => from.id === pod.id))
        continue;
      const body = await investigation.body(pod);
      const text = JSON.stringify(body?.response ?? body?.request ?? {});
      const onNode = /"nodeName":"([^"]*)"/.exec(text)?.[1];
      if (!text.includes(`"${word}":`) || (onNode !== undefined && onNode !== node)) continue;
      links.push(
        link('node-reached', pod, entry, 'possible', ['host-access', word], ['new-agent', entry.agent]),
      );
    }
  }
  return links.slice(0, MOST);
}
