import type { DiffWords } from './diff-words.ts';

const plural = (count: number, one: string, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;

const en: DiffWords = {
  title: 'Differences',
  objects: 'Objects',
  findings: 'Findings',
  notCompared: 'Not compared',
  changed: 'changed',
  added: 'only after',
  removed: 'only before',
  newFinding: 'new',
  goneFinding: 'gone',
  because: {
    default: 'filled in by the API server',
    server: 'assigned by the cluster',
    controller: 'changed by a controller',
    edit: 'changed by',
    unknown: 'not known who changed it',
  },
  reasons: {
    forbidden: 'the API server refused the list',
    'not-asked': 'not asked for',
    unavailable: 'the API is not available',
    incomplete: 'the list could not be read to its end',
    'unknown-version': 'served only in versions that KubeStride does not know',
    unread: 'could not be read',
    'kind-not-listed': 'objects of this kind are not read from a cluster',
    'values-not-read': 'values of Secrets are never read from a cluster',
    'generated-name': 'gets another name each time it is created',
  },
  absent: '(absent)',
  explained: {
    owner: (by) => `made by ${by}`,
    system: () => 'part of every cluster',
    'managed-by': (by) => `managed by ${by}`,
  },
  objectCount: (count) => plural(count, 'object'),
  path: 'Field',
  before: 'Before',
  after: 'After',
  why: 'Why',
  same: 'No difference',
  counts: ({ changed, added, removed, same, newFindings, goneFindings }) =>
    `${plural(changed, 'object')} changed, ${added} only after, ${removed} only before, ${same} the same; ` +
    `${plural(newFindings, 'new finding')}, ${goneFindings} gone.`,
  notCounted: ({ defaults, server, owned, system, managed }) =>
    `Not counted: ${plural(defaults, 'field')} filled in by the API server, ${server} assigned by the cluster; ` +
    `${plural(owned, 'object')} made by others, ${system} part of every cluster, ${managed} managed by another tool (--all lists them).`,
};

export default en;
