import type { Origin } from '../../decoded.ts';
import { type EventRecord, record } from '../../record.ts';
import type { PodDirectory } from '../containers/directory.ts';
import { redactedLine } from '../redacted.ts';
import { oneLine, withoutRotation } from '../text.ts';
import { dockerContainerId, type LogFile, parseContainerLink, parsePodLogPath } from './log-path.ts';

/** Whose log a file is; fields that are not known are empty. */
export interface LogPlace extends LogFile {
  /** The same for all files of one container's log, rotated ones too. */
  readonly id: string;
}

export interface LogEntry {
  readonly time: number;
  /** As it is written, to the nanosecond. */
  readonly stamp: string;
  readonly stream: string;
  readonly text: string;
  readonly at: number;
  /** What stands in front of the text in `raw`. */
  readonly header: string;
}

export function logPlace(origin: Origin, path: string, pods?: PodDirectory): LogPlace {
  const file = parsePodLogPath(path);
  if (file !== undefined) return { ...file, id: `${file.podUid} ${file.container} ${file.restart}` };
  const link = parseContainerLink(path.slice(path.lastIndexOf('/') + 1));
  const containerId = link?.containerId ?? dockerContainerId(path);
  const known = containerId === undefined ? undefined : pods?.container(containerId);
  return {
    namespace: known?.namespace ?? link?.namespace ?? '',
    pod: known?.pod ?? link?.pod ?? '',
    podUid: known?.podUid ?? '',
    container: known?.container ?? link?.container ?? containerId ?? '',
    restart: '',
    id: containerId ?? `${origin.node ?? ''} ${withoutRotation(path)}`,
  };
}

export function podLogRecord(origin: Origin, place: LogPlace, entry: LogEntry): EventRecord {
  const { text, count } = redactedLine(entry.text);
  return record({
    // The time to the nanosecond keeps the files of a log apart, the place in its file the lines of one moment.
    key: `log ${origin.cluster} ${place.id} ${entry.stamp} ${entry.stream} ${entry.at}`,
    time: entry.time,
    source: 'log',
    cluster: origin.cluster,
    inlet: origin.inlet,
    verb: entry.stream,
    namespace: place.namespace,
    pod: place.pod,
    uid: place.podUid,
    container: place.container,
    node: origin.node ?? '',
    message: oneLine(text.trimEnd()),
    redactions: count,
    raw: entry.header + text.replace(/[\r\n]+$/, ''),
  });
}
