import type { Answer } from '../http/answer.ts';
import type { Call } from '../http/call.ts';
import { elasticAnswer, elasticError, INFO } from './answers.ts';

const ACKNOWLEDGED = { acknowledged: true };
const LICENSE = {
  license: { status: 'active', uid: '00000000-0000-0000-0000-000000000000', type: 'basic', mode: 'basic' },
};

/**
 * What senders ask before and between their bulks. They want to know whether it is Elasticsearch and of which version (`/`), whether it is
 * well (Vector `/_cluster/health`, rsyslog `/_cat/health`, Logstash `HEAD /`), which licence it has (Beats, Logstash `/_license`,
 * older ones `/_xpack`), and they install templates, life cycles, pipelines, data streams and aliases unless those are there. All are
 * told to be there, and installing them is acknowledged: documents are kept as they come, whatever a mapping says.
 */
export function handshake(call: Call): Answer {
  const { method, path } = call;
  const isRead = method === 'GET' || method === 'HEAD';
  const [first = '', second = '', third = ''] = path;
  const yes = (value: unknown): Answer => elasticAnswer(call, 200, value);
  if (path.length === 0) return isRead ? yes(INFO) : wrongMethod(call);
  switch (first) {
    case '_cluster':
      if (second === 'health' && isRead) return yes(health());
      break;
    case '_cat':
      if (second === 'health' && isRead)
        return { ...yes({}), type: 'text/plain', body: 'kubestride green 1 1\n' };
      break;
    case '_license':
      if (isRead) return yes(LICENSE);
      break;
    case '_xpack':
      if (second === 'license' && isRead) return yes(LICENSE);
      if (isRead) return yes({ ...LICENSE, features: { ilm: { available: true, enabled: true } } });
      break;
    case '_nodes':
      // Sniffers leave their list as it is when it would become empty.
      if (isRead)
        return yes({
          _nodes: { total: 0, successful: 0, failed: 0 },
          cluster_name: INFO.cluster_name,
          nodes: {},
        });
      break;
    case '_index_template':
    case '_component_template':
    case '_template':
      if (second !== '') return isRead ? yes(template(first, second)) : yes(ACKNOWLEDGED);
      break;
    case '_ilm':
      if (second === 'policy' && third !== '')
        return isRead ? yes({ [third]: { version: 1, policy: { phases: {} } } }) : yes(ACKNOWLEDGED);
      if (second === 'status' && isRead) return yes({ operation_mode: 'RUNNING' });
      break;
    case '_data_stream':
      if (second !== '')
        return isRead ? yes({ data_streams: [{ name: second, status: 'GREEN' }] }) : yes(ACKNOWLEDGED);
      break;
    case '_ingest':
      if (second === 'pipeline' && third !== '')
        return isRead ? yes({ [third]: { processors: [] } }) : yes(ACKNOWLEDGED);
      break;
    case '_alias':
    case '_aliases':
      return isRead ? yes({}) : yes(ACKNOWLEDGED);
    default:
      // An index or an alias: it is there, and may be made.
      if (!first.startsWith('_') && path.length === 1) {
        return isRead
          ? yes({ [first]: { aliases: {}, mappings: {}, settings: {} } })
          : method === 'PUT'
            ? yes({ ...ACKNOWLEDGED, shards_acknowledged: true, index: first })
            : wrongMethod(call);
      }
      if (!first.startsWith('_') && second === '_alias' && method !== 'DELETE')
        return yes(isRead ? {} : ACKNOWLEDGED);
  }
  return elasticError(call, isRead ? 404 : 400, {
    type: isRead ? 'resource_not_found_exception' : 'illegal_argument_exception',
    reason: 'this collector takes documents, and answers what senders ask before they send them',
  });
}

const health = (): unknown => ({
  cluster_name: INFO.cluster_name,
  status: 'green',
  timed_out: false,
  number_of_nodes: 1,
  number_of_data_nodes: 1,
  active_primary_shards: 1,
  active_shards: 1,
  unassigned_shards: 0,
});

function template(kind: string, name: string): unknown {
  if (kind === '_template')
    return { [name]: { order: 0, index_patterns: [], settings: {}, mappings: {}, aliases: {} } };
  const body = { index_patterns: [], template: {}, composed_of: [] };
  return kind === '_index_template'
    ? { index_templates: [{ name, index_template: body }] }
    : { component_templates: [{ name, component_template: { template: {} } }] };
}

const wrongMethod = (call: Call): Answer =>
  elasticError(call, 405, { type: 'illegal_argument_exception', reason: 'this method is not taken here' });
