/** What an API server counts of its own audit events: k8s.io/apiserver pkg/audit/metrics.go, all of them since the process began. */
export interface AuditCounters {
  /** apiserver_audit_event_total: generated and handed to the backends. */
  readonly events: number;
  /** apiserver_audit_error_total by plugin (`webhook`, `buffered`, `log`, `truncate`): could not be written or sent. */
  readonly errors: Readonly<Record<string, number>>;
  /** apiserver_audit_requests_rejected_total: requests that were refused because they could not be audited. */
  readonly rejected: number;
  /** process_start_time_seconds in microseconds; undefined where it is not told. */
  readonly started: number | undefined;
}

/** The metrics of one API server at one time. */
export interface MetricsSample {
  /** Which API server: its address, or the name of the file; the label `instance` goes before it. */
  readonly instance: string;
  /** Microseconds since the epoch. */
  readonly time: number;
  readonly counters: AuditCounters;
}

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?\s+([-+]?(?:[\d.]+(?:e[-+]?\d+)?|inf|nan))(?:\s+(-?\d+))?\s*$/i;
const LABEL = /([a-zA-Z_]\w*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*,?/g;
const PREFIX = 'apiserver_audit_';
const LONGEST_LINE = 4096;

interface Building {
  time: number;
  events: number | undefined;
  readonly errors: Record<string, number>;
  rejected: number;
  started: number | undefined;
}

/**
 * Reads the counters out of metrics in the text format of Prometheus, of one API server or, where they have the label `instance`, of several.
 * Lines about other things are passed over. Times that stand behind values (milliseconds) go before `time`.
 * @returns nothing where the text has no audit counters
 */
export function parseAuditMetrics(text: string, instance: string, time: number): MetricsSample[] {
  const found = new Map<string, Building>();
  for (const line of text.split('\n')) {
    const isStart = line.startsWith('process_start_time_seconds');
    if ((!isStart && !line.startsWith(PREFIX)) || line.length > LONGEST_LINE) continue;
    const match = LINE.exec(line.trimEnd());
    if (match === null) continue;
    const [, name = '', labelText = '', valueText = '', timeText] = match;
    const value = Number(valueText);
    if (!Number.isFinite(value)) continue;
    const labels = labelsOf(labelText);
    const own = labels['instance'] ?? instance;
    const counters = found.get(own) ?? {
      time,
      events: undefined,
      errors: {},
      rejected: 0,
      started: undefined,
    };
    found.set(own, counters);
    if (timeText !== undefined) counters.time = Number(timeText) * 1000;
    if (isStart) counters.started = Math.round(value * 1e6);
    else if (name === `${PREFIX}event_total`) counters.events = (counters.events ?? 0) + value;
    else if (name === `${PREFIX}requests_rejected_total`) counters.rejected += value;
    else if (name === `${PREFIX}error_total`) {
      const plugin = labels['plugin'] ?? '';
      counters.errors[plugin] = (counters.errors[plugin] ?? 0) + value;
    }
  }
  return [...found].flatMap(([own, { time: at, events, errors, rejected, started }]) =>
    events === undefined
      ? []
      : [{ instance: own, time: at, counters: { events, errors, rejected, started } }],
  );
}

function labelsOf(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const [, name = '', value = ''] of text.matchAll(LABEL)) labels[name] = value.replace(/\\(.)/g, '$1');
  return labels;
}

/** What one API server counted between two samples. */
export interface Counted {
  readonly instance: string;
  readonly from: number;
  readonly to: number;
  readonly events: number;
  readonly errors: Readonly<Record<string, number>>;
  readonly rejected: number;
  /** It began anew in between, so that what it counted before is not known. */
  readonly isReset: boolean;
}

/** Differences between the first and the last sample of each API server; those with just one are left out. */
export function countedBetween(samples: readonly MetricsSample[]): Counted[] {
  const byInstance = new Map<string, MetricsSample[]>();
  for (const sample of samples) {
    byInstance.set(sample.instance, [...(byInstance.get(sample.instance) ?? []), sample]);
  }
  return [...byInstance].flatMap(([instance, own]) => {
    const sorted = own.toSorted((a, b) => a.time - b.time);
    const steps = sorted.slice(1).map((after, at) => step(sorted[at]!, after));
    if (steps.length === 0) return [];
    const errors: Record<string, number> = {};
    for (const each of steps) {
      for (const [plugin, count] of Object.entries(each.errors))
        errors[plugin] = (errors[plugin] ?? 0) + count;
    }
    const sum = (field: 'events' | 'rejected') => steps.reduce((total, each) => total + each[field], 0);
    return [
      {
        instance,
        from: sorted[0]!.time,
        to: sorted.at(-1)!.time,
        events: sum('events'),
        errors,
        rejected: sum('rejected'),
        isReset: steps.some(({ isReset }) => isReset),
      },
    ];
  });
}

function step({ counters: before }: MetricsSample, { counters: after }: MetricsSample) {
  const isReset =
    after.events < before.events || (before.started !== undefined && before.started !== after.started);
  const base = isReset ? { events: 0, rejected: 0, errors: {} as Record<string, number> } : before;
  const errors = Object.fromEntries(
    Object.entries(after.errors).map(([plugin, count]) => [
      plugin,
      Math.max(0, count - (base.errors[plugin] ?? 0)),
    ]),
  );
  return {
    events: after.events - base.events,
    rejected: Math.max(0, after.rejected - base.rejected),
    errors,
    isReset,
  };
}
