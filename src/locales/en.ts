import type { UiWords } from './words.ts';

const plural = (count: number, one: string, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;

export const en: UiWords = {
  threats: {
    spoofing: 'Spoofing',
    tampering: 'Tampering',
    repudiation: 'Repudiation',
    'information-disclosure': 'Information disclosure',
    'denial-of-service': 'Denial of service',
    'elevation-of-privilege': 'Elevation of privilege',
  },
  severities: { critical: 'critical', high: 'high', medium: 'medium', low: 'low', info: 'info' },
  confidences: { high: 'high confidence', medium: 'medium confidence', low: 'low confidence' },
  fixes: { none: 'no fix', conditional: 'conditional fix', safe: 'safe fix', unsafe: 'unsafe fix' },
  reading: {
    'invalid-yaml': {
      what: 'This is not valid YAML, and kubectl would refuse it',
      remedy: 'Correct the document at the named line',
    },
    'invalid-json': {
      what: 'This is not valid JSON, and kubectl would refuse it',
      remedy: 'Correct the document at the named line',
    },
    'invalid-utf8': { what: 'The text is not valid UTF-8', remedy: 'Save the file as UTF-8' },
    'too-large': {
      what: 'The document is larger than the reader accepts',
      remedy: 'Split it, or leave the file out if it holds no Kubernetes objects',
    },
    'too-deep': {
      what: 'The document is nested deeper than the reader accepts',
      remedy: 'Flatten it: the reader stops at 1,000 levels, the API server at 10,000',
    },
    refused: {
      what: 'Kubernetes refuses this document',
      remedy: 'Correct it as the message says; kubectl apply gives the same refusal',
    },
    'unreadable-file': {
      what: 'The file could not be read',
      remedy: 'Check that it exists and that you may read it',
    },
    'unreadable-folder': {
      what: 'The folder could not be read',
      remedy: 'Check that you may list it',
    },
    'link-not-followed': {
      what: 'A symbolic link leads out of the scanned folder and was not followed',
      remedy: 'Name its target on the command line if it should be scanned',
    },
    'missing-kind': {
      what: 'The object has no kind, so it is not known what it is',
      remedy: 'Add kind, or leave the file out if it is no Kubernetes object',
    },
    'missing-api-version': {
      what: 'The object has no apiVersion, so it is not known what it is',
      remedy: 'Add apiVersion, or leave the file out if it is no Kubernetes object',
    },
    'not-an-object': {
      what: 'A list or scalar stands where an object is expected',
      remedy: 'Make each document a mapping with apiVersion and kind',
    },
    'top-level-array': {
      what: 'Kubernetes objects stand in a bare array, which kubectl refuses',
      remedy: 'Put them into a List, one document each, or one JSON object a line',
    },
    'ambiguous-list': {
      what: 'An object with items: kubectl reads it as a list and drops its other fields',
      remedy: 'Give a list the kind List, or the object another field name',
    },
    'helm-chart-not-rendered': {
      what: 'A Helm chart was found and not rendered',
      remedy: 'Render it and scan the result: helm template CHART | kubestride scan -',
    },
    'kustomization-not-rendered': {
      what: 'A kustomization was found and not built',
      remedy: 'Build it and scan the result: kubectl kustomize FOLDER | kubestride scan -',
    },
    'kustomize-patch': {
      what: 'A kustomize patch is only part of an object',
      remedy: 'Scan the built kustomization: kubectl kustomize FOLDER | kubestride scan -',
    },
    'embedded-object': {
      what: 'An object stands inside another, from which it is created later',
      remedy: 'Render it, or save it as a document of its own, and scan the result',
    },
    'packed-file': {
      what: 'The file is compressed or encrypted',
      remedy: 'Unpack it and scan the result',
    },
    'template-not-rendered': {
      what: 'The file is a template, not a manifest',
      remedy: 'Render it and scan the result',
    },
    forbidden: {
      what: 'Unknown: forbidden. The API server refused this list',
      remedy: 'Grant what `kubestride permissions` prints',
    },
    'not-asked': {
      what: 'Unknown: not asked for. This list was left out',
      remedy: 'See `kubestride scan --help` for the flag that includes it',
    },
    unavailable: {
      what: 'Unknown: unavailable. The API server could not serve this list',
      remedy: 'Repair the aggregated API or its APIService, and scan again',
    },
    incomplete: {
      what: 'Unknown: incomplete. Reading ended before the end of this list',
      remedy: 'Look at the connection and the load of the API server, and scan again',
    },
    'hidden-by-provider': {
      what: 'Not applicable: the provider runs this program and does not show its flags',
      remedy: "Rely on the provider's own statement about it",
    },
    'runs-as-process': {
      what: 'Unknown: this program runs outside of pods, so that the API does not show its flags',
      remedy: 'Run `kubestride collect --node` on the node and scan its bundle as well',
    },
    'not-looked-at': {
      what: 'Unknown: this program may run in a pod, and the pods were not shown',
      remedy: 'Grant list on pods (`kubestride permissions` prints the least role), and scan again',
    },
    'not-seen': {
      what: 'Unknown: nothing in the cluster shows this program',
      remedy: 'Run `kubestride collect --node` where it runs and scan its bundle as well',
    },
    'unknown-version': {
      what: 'Unknown: the server offers this list only in versions that KubeStride does not know',
      remedy: 'Review these objects by hand, or update KubeStride',
    },
  },
  unknownReading: { what: 'This was not read', remedy: 'Review it by hand' },
  listNotRead: 'The answer depends on lists that were not read: {lists}',
  checkError: 'The check failed on this object: {error}. Please report it as a defect',
  sentences: (what, detail, remedy) => `${what}${detail === undefined ? '' : `: ${detail}`}. ${remedy}.`,

  punctuation: {
    labelled: (label, text) => `${label}: ${text}`,
    listed: (items) => items.join(', '),
    aside: (text) => ` (${text})`,
    joined: (sentences) => sentences.join(' '),
    sentence: (text) => `${text}.`,
  },

  reportTitle: 'STRIDE report',
  at: 'at',
  why: 'why',
  remedy: 'fix',
  whyHeading: 'Why it matters',
  remedyHeading: 'What to do',
  andMore: (count) => `… and ${count} more`,
  jsonListsAll: '-o json lists all',
  masked: 'hidden',

  coverage: 'coverage',
  threat: 'Threat',
  total: 'Total',
  applicable: 'applicable',
  evaluated: 'evaluated',
  entriesLeftOut: (count) =>
    `${plural(count, 'further entry', 'further entries')} left out for length; -o json lists all`,

  statusFindings: (count, severity) => `${plural(count, 'finding')} at or above ${severity}`,
  statusClean: (severity) => `No finding at or above ${severity}; everything was assessed`,
  statusIncomplete: (severity) =>
    `No finding at or above ${severity} in what was assessed, but not everything was assessed (see below)`,
  statusNothing: 'Nothing was assessed: no Kubernetes object was found',

  cluster: (name, version, distribution, namespace) =>
    `Cluster ${name}${version === undefined ? '' : `, Kubernetes ${version}`}${distribution === undefined ? '' : `, ${distribution}`}${namespace === undefined ? '' : `; only the namespace ${namespace} and what is in none`}.`,
  read: (documents, objects) =>
    `Read ${plural(documents, 'document')}, assessed ${plural(objects, 'Kubernetes object')}.`,
  checksLeftOut: (asked, leftOut) =>
    `Only ${plural(asked, 'check')} of ${asked + leftOut} ${asked === 1 ? 'was' : 'were'} asked; nothing is said of what the others look at.`,
  passedOver: (fields) => `Passed over, as no check reads them: ${fields}.`,
  notKubernetes: (documents) =>
    documents === 1
      ? '1 document is no Kubernetes object.'
      : `${documents} documents are no Kubernetes objects.`,
  ignored: (entries) =>
    entries === 1
      ? '1 file or folder was left out by .gitignore.'
      : `${entries} files and folders were left out by .gitignore.`,
  notAssessed: 'Not assessed',
  notAssessedCounts: (files, unseen, undecided) =>
    [
      ...(files > 0 ? [`${plural(files, 'document or file', 'documents and files')} not read`] : []),
      ...(unseen > 0 ? [`${plural(unseen, 'list or program', 'lists and programs')} not seen`] : []),
      ...(undecided > 0 ? [`${plural(undecided, 'question')} that a check could not decide`] : []),
    ].join(', '),
  nothingLeftOut: 'nothing; every document was read and every check could decide.',
  moreReasons: (count) => `… for ${plural(count, 'further reason')}`,

  sarifTruncated: (kept, leftOut) =>
    `This file holds the ${kept} most severe results; ${leftOut} more were left out because code scanning rejects ` +
    'larger files. The JSON report lists all of them.',
  sarifDisplayLimit: (shown, results) =>
    `GitHub code scanning shows at most ${shown} of the ${results} results of this run.`,
  sarifNotificationsTruncated: (leftOut) =>
    `${leftOut} more entries that were not assessed are left out here. The JSON report lists all of them.`,
};
