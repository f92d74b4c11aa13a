import { agentConfiguration } from './agent-configuration.ts';
import type { Cluster } from './cluster.ts';
import { parseGoDuration } from './go-duration.ts';
import { parseImage } from './images.ts';
import { asObject, asString, isObject, type Json, type JsonObject } from './json.ts';
import { collectsNodeLogs } from './log-agents.ts';
import type { Container, Workload } from './workload.ts';
import { readYaml } from './yaml/index.ts';

/** How long a store keeps logs, as far as its manifest and ConfigMaps say. */
export type LogRetention =
  | { readonly kind: 'days'; readonly days: number; readonly stated: string; readonly path: string }
  /** Nothing is ever deleted, until the disk is full. */
  | { readonly kind: 'unbounded'; readonly path: string }
  /** Decided in the store itself, such as a policy of Elasticsearch's index lifecycle management. */
  | { readonly kind: 'in-store'; readonly path: string }
  | { readonly kind: 'not-seen'; readonly path: string }
  | { readonly kind: 'not-understood'; readonly stated: string; readonly path: string };

const DAY_SECONDS = 86_400;

/** What a container keeps logs for; undefined for one that is no store of logs. */
export function logRetention(cluster: Cluster, container: Container): LogRetention | undefined {
  if (!container.isLongRunning) return undefined;
  const repository = parseImage(container.image)?.repository ?? '';
  if (/(?:^|\/)victoria-?logs$/.test(repository)) return ofVictoriaLogs(container);
  if (/(?:^|\/)loki$/.test(repository)) return ofLoki(cluster, container);
  if (SEARCH_ENGINES.test(repository) && isFedByAgents(cluster)) {
    return { kind: 'in-store', path: container.path };
  }
  return undefined;
}

/** Search engines serve programs too: they hold logs where an agent of the same cluster is told of one. */
const SEARCH_ENGINES = /(?:^|\/)(?:elasticsearch(?:-oss|-wolfi)?|opensearch)$/;

function isFedByAgents(cluster: Cluster): boolean {
  return cluster.memo('agents that feed a search engine', () =>
    cluster.workloads.some(
      (workload) =>
        collectsNodeLogs(workload) &&
        agentConfiguration(cluster, workload).texts.some((text) =>
          /elasticsearch|opensearch|\b_bulk\b|:9200\b/i.test(text),
        ),
    ),
  );
}

/** Seconds of the units of VictoriaLogs; without one it counts months of 31 days (https://docs.victoriametrics.com/victorialogs/#retention). */
const UNITS: Readonly<Record<string, number>> = {
  '': 31,
  s: 1 / DAY_SECONDS,
  h: 1 / 24,
  d: 1,
  w: 7,
  y: 365,
};

function ofVictoriaLogs(container: Container): LogRetention {
  const flag = flagOf(container, 'retentionPeriod');
  if (flag === undefined) return { kind: 'days', days: 7, stated: '7d', path: container.path };
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)([shdwy]?)$/.exec(flag.value) ?? [];
  if (amount === undefined) return { kind: 'not-understood', stated: flag.value, path: flag.path };
  return { kind: 'days', days: Number(amount) * UNITS[unit]!, stated: flag.value, path: flag.path };
}

/**
 * Loki deletes nothing unless its compactor (or before version 3 its table manager) is told to, and then after `retention_period`
 * (https://grafana.com/docs/loki/latest/operations/storage/retention/).
 */
function ofLoki(cluster: Cluster, container: Container): LogRetention | undefined {
  const target = flagOf(container, 'target')?.value;
  // Parts of a distributed Loki have the same configuration; the one that deletes answers for all.
  if (target !== undefined && !/\b(?:all|backend|compactor|table-manager)\b/.test(target)) return undefined;
  const path = container.path;
  const configuration = lokiConfiguration(cluster, container.workload);
  const enabled =
    flagOf(container, 'compactor.retention-enabled')?.value ??
    flagOf(container, 'table-manager.retention-deletes-enabled')?.value;
  if (configuration === undefined && enabled === undefined) return { kind: 'not-seen', path };
  const limits = asObject(configuration?.['limits_config']);
  const compactor = asObject(configuration?.['compactor']);
  const tables = asObject(configuration?.['table_manager']);
  const isOn = (value: Json | undefined) => value === true || value === 'true';
  const byCompactor = isOn(compactor?.['retention_enabled']);
  const byTables = isOn(tables?.['retention_deletes_enabled']);
  if (!byCompactor && !byTables && enabled !== 'true') return { kind: 'unbounded', path };
  const period = byTables && !byCompactor ? tables?.['retention_period'] : limits?.['retention_period'];
  const stated =
    flagOf(container, 'store.retention')?.value ??
    (typeof period === 'number' ? String(period) : asString(period)) ??
    '0';
  const days = daysOfLoki(stated);
  if (days === undefined) return { kind: 'not-understood', stated, path };
  return days === 0 ? { kind: 'unbounded', path } : { kind: 'days', days, stated, path };
}

/** Durations of Prometheus, which know days, weeks and years. */
function daysOfLoki(text: string): number | undefined {
  if (text === '0') return 0;
  const [, amount, unit = ''] = /^(\d+)(d|w|y)$/.exec(text) ?? [];
  if (amount !== undefined) return Number(amount) * UNITS[unit]!;
  const seconds = parseGoDuration(text);
  return seconds === undefined ? undefined : seconds / DAY_SECONDS;
}

function lokiConfiguration(cluster: Cluster, workload: Workload): JsonObject | undefined {
  for (const text of agentConfiguration(cluster, workload).texts) {
    if (!/^\s*(?:limits_config|compactor|table_manager|schema_config|auth_enabled)\s*:/m.test(text)) continue;
    for (const { value, error } of readYaml(new TextEncoder().encode(text), { maxNodes: 20_000 })) {
      if (error === undefined && isObject(value) && value['schema_config'] !== undefined) return value;
    }
  }
  return undefined;
}

/** Go's flag package: `-name=value` and `-name value`, with one dash or two. */
function flagOf(
  container: Container,
  name: string,
): { readonly value: string; readonly path: string } | undefined {
  const words = container.commandLine;
  for (const [index, { text, path }] of words.entries()) {
    const [, found, value] = /^--?([\w.-]+)(?:=(.*))?$/s.exec(text) ?? [];
    if (found === name) return { value: value ?? words[index + 1]?.text ?? '', path };
  }
  return undefined;
}
