import type { ErrorParams, RecordsErrorCode } from '../kubernetes/errors.ts';

export const recordsErrors = {
  'store-locked': (p) =>
    `the store "${p['path']}" is being written by another process; stop that one, or use another --store (reading is possible at any time)`,
  'store-full': (p) =>
    `there is no room in the store "${p['path']}" (${p['reason']}); nothing of the last batch was stored: make room, shorten --retain, and send it again`,
  'store-absent': (p) =>
    `"${p['path']}" is no store of records; \`kubestride audit ingest\` and \`kubestride audit record\` make one`,
  'store-foreign': (p) =>
    p['problem'] === 'version'
      ? `the store "${p['path']}" was written by a later version; update KubeStride`
      : `the folder "${p['path']}" holds other things than records; name an empty one with --store`,
  'store-engine-missing': (p) =>
    `records need the package ${p['package']}, which cannot be loaded (${p['reason']}); install KubeStride without --omit=optional, on a platform that the package supports`,
  'store-query': (p) => `this question was refused: ${p['reason']}`,
  'store-unusable': (p) =>
    `cannot use the store "${p['path']}" (${p['reason']}); see to its permissions and its disk`,
  'collector-plain': (p) =>
    `listening on ${p['host']} without TLS would let everybody on the way read and forge events; give a certificate and key, or listen on 127.0.0.1`,
  'collector-address': (p) => `cannot listen on ${p['host']}:${p['port']} (${p['reason']})`,
  'collector-credentials': (p) =>
    `the certificate, key, client authority or token file of the collector cannot be used: ${p['reason']}`,
} satisfies Record<RecordsErrorCode, (params: ErrorParams) => string>;
