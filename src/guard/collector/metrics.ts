type Labels = Readonly<Record<string, string>>;

interface Metric {
  readonly type: 'counter' | 'gauge';
  readonly help: string;
  readonly values: Map<string, number>;
}

const PREFIX = 'kubestride_collector_';

const COUNTERS = {
  received_events_total: 'Events that came in, by inlet.',
  stored_events_total: 'Events newly stored, by inlet.',
  double_events_total: 'Events that came again and were not stored twice, by inlet.',
  quarantined_events_total: 'Parts of what came in that were no event, by inlet and reason.',
  redacted_values_total: 'Secret values taken out before anything was stored, by kind.',
  received_bytes_total: 'Bytes as they came in, by inlet.',
  refused_requests_total:
    'Requests that were answered without their events being stored, by inlet and reason.',
  lost_parts_total: 'Parts of files that were gone before they were read, by inlet.',
  store_failures_total: 'Appends that the store refused, by its error.',
} as const;

const GAUGES = {
  inflight_bytes: 'Bytes of requests that are being read or stored.',
  inflight_requests: 'Requests that are being read or stored.',
  oldest_inflight_seconds: 'Age of the oldest request that is being stored.',
  connections: 'Open connections.',
  last_event_timestamp_seconds: 'When the newest event that was stored happened, by inlet.',
  unread_bytes: 'Bytes of followed files that are not read yet, by inlet.',
  followed_files: 'Files that are followed, by inlet.',
  unreadable_files: 'Files that match and cannot be read, by inlet.',
  ready: '1 where events are being stored, 0 where the last attempt failed.',
} as const;

export type Counter = keyof typeof COUNTERS;
export type Gauge = keyof typeof GAUGES;

/**
 * Counters and gauges in the text format of Prometheus (version 0.0.4). Labels are of this product's making or the operator's
 * configuration, never a sender's, so that nobody can grow them.
 */
export class Metrics {
  readonly #metrics = new Map<string, Metric>();

  constructor() {
    for (const [name, help] of Object.entries(COUNTERS)) {
      this.#metrics.set(name, { type: 'counter', help, values: new Map() });
    }
    for (const [name, help] of Object.entries(GAUGES)) {
      this.#metrics.set(name, { type: 'gauge', help, values: new Map() });
    }
  }

  add(name: Counter, amount: number, labels: Labels = {}): void {
    const { values } = this.#of(name);
    const key = labelText(labels);
    values.set(key, (values.get(key) ?? 0) + amount);
  }

  /** Of a counter that is kept elsewhere. */
  reset(name: Counter, value: number, labels: Labels = {}): void {
    this.#of(name).values.set(labelText(labels), value);
  }

  set(name: Gauge, value: number, labels: Labels = {}): void {
    this.#of(name).values.set(labelText(labels), value);
  }

  raise(name: Gauge, value: number, labels: Labels = {}): void {
    const { values } = this.#of(name);
    const key = labelText(labels);
    if (value > (values.get(key) ?? Number.NEGATIVE_INFINITY)) values.set(key, value);
  }

  get(name: Counter | Gauge, labels: Labels = {}): number {
    return this.#of(name).values.get(labelText(labels)) ?? 0;
  }

  text(): string {
    const lines: string[] = [];
    for (const [name, { type, help, values }] of this.#metrics) {
      lines.push(`# HELP ${PREFIX}${name} ${help}`, `# TYPE ${PREFIX}${name} ${type}`);
      for (const [labels, value] of values) lines.push(`${PREFIX}${name}${labels} ${value}`);
    }
    return `${lines.join('\n')}\n`;
  }

  #of(name: Counter | Gauge): Metric {
    const metric = this.#metrics.get(name);
    if (metric === undefined) throw new TypeError(name);
    return metric;
  }
}

function labelText(labels: Labels): string {
  const parts = Object.entries(labels).map(
    ([name, value]) => `${name}="${value.replace(/[\\"\n]/g, (c) => (c === '\n' ? '\\n' : `\\${c}`))}"`,
  );
  return parts.length === 0 ? '' : `{${parts.join(',')}}`;
}
