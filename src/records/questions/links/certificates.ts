import { createHash } from 'node:crypto';
import {
  certificateSubject,
  pemCertificates,
  pemRequest,
  requestSubject,
} from '../../../kubernetes/certificate-subject.ts';
import { asObject, asString, type JsonObject } from '../../../kubernetes/json.ts';
import { nodeOf } from '../controllers.ts';
import type { Entry } from '../entry.ts';
import type { Investigation } from '../investigation.ts';
import { type Certainty, type Evidence, type Link, link } from './link.ts';

const FINGERPRINT = /X509SHA256=([0-9a-f]{64})/i;
const SIGNING_REQUESTS = [
  { column: 'resource', is: 'certificatesigningrequests' },
  { column: 'api_group', is: 'certificates.k8s.io' },
] as const;
const MOST = 10;

/** Who asked for the client certificate that was used, and who approved it. */
export async function certificates(investigation: Investigation, entry: Entry): Promise<Link[]> {
  const fingerprint = FINGERPRINT.exec(entry.credential)?.[1]?.toLowerCase();
  // Kubelets renew theirs by themselves, all the time.
  const isKubelet = nodeOf(entry.user) !== undefined && entry.agent.startsWith('kubelet/');
  if (fingerprint === undefined || isKubelet || entry.source !== 'audit') return [];
  const { entries } = await investigation.entries({
    to: entry.time,
    where: [
      { column: 'cluster', is: entry.cluster },
      { column: 'source', is: 'audit' },
      ...SIGNING_REQUESTS,
      { column: 'verb', is: ['create', 'update', 'patch'] },
    ],
    order: 'newest',
    limit: MOST * 6,
  });
  for (const one of entries
    .filter(({ outcome }) => outcome === 'done')
    .slice(-MOST * 3)
    .reverse()) {
    const found = await shows(investigation, one, fingerprint, entry.user);
    if (found !== undefined) return linksTo(entries, found, entry);
  }
  return [];
}

interface Shown {
  readonly name: string;
  readonly certainty: Certainty;
  readonly evidence: Evidence;
}

/** Whether a request shows the certificate itself, or one asked for in the user's name. */
async function shows(
  investigation: Investigation,
  entry: Entry,
  fingerprint: string,
  user: string,
): Promise<Shown | undefined> {
  const body = await investigation.body(entry);
  for (const object of [body?.response, body?.request]) {
    const name = entry.object?.name || nameIn(object);
    if (object === undefined || name === '') continue;
    const issued = pemIn(object, 'status', 'certificate');
    const [own] = issued === undefined ? [] : pemCertificates(issued);
    if (own !== undefined && sha256(own) === fingerprint && certificateSubject(own)?.commonName === user)
      return { name, certainty: 'proven', evidence: { id: 'certificate-fingerprint', value: fingerprint } };
  }
  for (const object of [body?.response, body?.request]) {
    const name = entry.object?.name || nameIn(object);
    const asked = pemIn(object, 'spec', 'request');
    const request = asked === undefined ? undefined : pemRequest(asked);
    if (request !== undefined && name !== '' && requestSubject(request)?.commonName === user)
      return { name, certainty: 'possible', evidence: { id: 'certificate-subject', value: user } };
  }
  return undefined;
}

function linksTo(entries: readonly Entry[], { name, certainty, evidence }: Shown, entry: Entry): Link[] {
  const own = entries.filter(({ object, outcome }) => object?.name === name && outcome === 'done');
  const asked = own.filter(({ verb }) => verb === 'create').at(-1);
  const approved = own.filter(({ object }) => object?.subresource === 'approval').at(-1);
  const by = [evidence.id, evidence.value] as const;
  return [
    ...(asked === undefined ? [] : [link('certificate-asked', asked, entry, certainty, by)]),
    ...(approved === undefined
      ? []
      : [link('certificate-approved', approved, entry, certainty, by, ['same-request', name])]),
  ];
}

function nameIn(object: JsonObject | undefined): string {
  return asString(asObject(object?.['metadata'])?.['name']) ?? '';
}

/** PEM in base64, as `[]byte` fields are. */
function pemIn(object: JsonObject | undefined, part: string, field: string): string | undefined {
  const text = asString(asObject(object?.[part])?.[field]);
  return text === undefined ? undefined : Buffer.from(text, 'base64').toString('latin1');
}

function sha256(base64: string): string {
  return createHash('sha256').update(Buffer.from(base64, 'base64')).digest('hex');
}
