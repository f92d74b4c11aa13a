import { createHash } from 'node:crypto';
import type { ResourceList } from '../snapshot.ts';
import { fitsHeader } from './tar.ts';

/** Segments of letters, digits and `. _ - ~ %`, none of them `.` or `..`: safe below the folder where somebody unpacks. */
const SAFE = /^(?:objects|facts|files)(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._~%-]+)+$/;

/** Names that two sources give are told apart by a number. */
const ROOM_FOR_NUMBER = '~999';

export function isPartName(name: string): boolean {
  return SAFE.test(name) && fitsHeader(name);
}

export function objectsPartName({ group, version, resource }: ResourceList): string {
  return shortened('objects', [`${group === '' ? 'core' : group}_${version}_${resource}`], '.jsonl.gz');
}

export function factsPartName(kind: string, name: string): string {
  return shortened('facts', [`${kind}_${name}`], '.json.gz');
}

/** `files/NODE/etc/kubernetes/…`: the node's own tree, as far as names go into an archive. */
export function filePartName(node: string, path: string): string {
  return shortened('files', [node, ...path.split('/').filter((segment) => segment !== '')], '');
}

/** The true name stands in the index; one that is too long for an archive is replaced by its digest. */
function shortened(folder: string, segments: readonly string[], suffix: string): string {
  const name = `${folder}/${segments.map(escaped).join('/')}${suffix}`;
  if (fitsHeader(name + ROOM_FOR_NUMBER)) return name;
  return `${folder}/${createHash('sha256').update(name).digest('hex')}${suffix}`;
}

function escaped(segment: string): string {
  const safe = Buffer.from(segment)
    .toString('latin1')
    .replace(/[^A-Za-z0-9._-]/g, (char) => `%${char.charCodeAt(0).toString(16).padStart(2, '0')}`);
  if (safe === '') return '%00';
  return safe === '.' || safe === '..' ? safe.replaceAll('.', '%2e') : safe;
}
