import type { AuditPolicy } from '../../engines/audit-policy/index.ts';
import { type AuditedVolume, readVolume } from '../../evidence/audit-log/index.ts';
import type { CliWords } from '../../locales/cli.en.ts';
import { readAuditLogs, timeText } from '../audit-log.ts';
import type { Context } from '../context.ts';

const DAY = 86_400_000;
/** Kinds of requests that are named. */
const NAMED = 10;

export function measure(
  context: Context,
  policy: AuditPolicy,
  logs: readonly string[],
): Promise<AuditedVolume> {
  return readAuditLogs(context, logs, [], (paths, options) => readVolume(paths, policy, options));
}

export function volumeJson({ volume, unmeasured, period }: AuditedVolume): object {
  const { logged, kept, larger } = volume;
  return {
    logged,
    kept,
    period: period === undefined ? null : { from: timeText(period.from), to: timeText(period.to) },
    bytesPerDay: bytesPerDay({ volume, period }) ?? null,
    withoutBodies: larger,
    unmeasured,
    largest: volume.largest(NAMED),
  };
}

export function volumeLines({ audit }: CliWords, { volume, unmeasured, period }: AuditedVolume): string[] {
  const { logged, kept, larger } = volume;
  const words = audit.volume;
  if (logged.events === 0) return [words.nothing];
  const perDay = bytesPerDay({ volume, period });
  return [
    words.kept({
      events: kept.events,
      of: logged.events,
      bytes: sizeText(kept.bytes),
      ofBytes: sizeText(logged.bytes),
      perDay: perDay === undefined ? '' : sizeText(perDay),
    }),
    ...volume
      .largest(NAMED)
      .map(({ requests, events, bytes }) => words.largest({ requests, events, bytes: sizeText(bytes) })),
    words.unseen,
    ...(larger === 0 ? [] : [words.larger({ count: larger })]),
    ...(unmeasured === 0 ? [] : [words.unmeasured({ count: unmeasured })]),
  ];
}

/** Undefined for a log of less than an hour, of which a day says nothing. */
function bytesPerDay({ volume, period }: Pick<AuditedVolume, 'volume' | 'period'>): number | undefined {
  if (period === undefined || period.to - period.from < DAY / 24) return undefined;
  return Math.round((volume.kept.bytes / (period.to - period.from)) * DAY);
}

/** Powers of 1024: `0.4 KiB`, `12 MiB`. */
function sizeText(bytes: number): string {
  const units = ['KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes / 1024;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}
