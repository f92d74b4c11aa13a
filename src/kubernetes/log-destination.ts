import { Component } from './component.ts';
import { isLogAgent } from './log-agents.ts';
import { isShell } from './shell.ts';
import type { Container, VolumeMount } from './workload.ts';

/** Where a container says that its logs go: to a standard stream, or to a file and, as far as is said, nowhere else. */
export type LogDestination =
  | { readonly kind: 'stream' }
  | { readonly kind: 'file'; readonly file: string; readonly path: string };

/** Of a shell script, what is looked at. */
const LONGEST_SCRIPT = 16_384;
const STREAM = /\/dev\/std(?:out|err)\b|\/proc\/(?:1|self)\/fd\/[12]\b/;
const STREAM_NAMES = /^(?:stdout|stderr|console|-)$/i;

/** Flags that name a log file or its folder: glog and klog, and servers such as MongoDB and MySQL. */
const FILE_FLAG = /^(?:log[-_.]?(?:file|path|dir)|log[-_]file[-_]path|log-error)$/;
/** Flags and variables that name a destination of any kind. */
const SINK_FLAG = /^log(?:ging)?[-_.](?:output|target|dest|destination|sink)$/;
const SINK_VARIABLE = /^(?:[A-Z0-9_]*_)?LOG(?:GING|GER)?_(?:OUTPUT|TARGET|DEST|DESTINATION|SINK)$/;
const FILE_VARIABLE = /^(?:[A-Z0-9_]*_)?LOG_?(?:FILE|FILE_PATH|FILENAME)$/;
const STREAM_VARIABLE = /^(?:[A-Z0-9_]*_)?LOG_TO_(?:STDOUT|STDERR|CONSOLE)$/;
/** Flags of loggers that always write to standard error: controller-runtime's zap, Kubernetes' component-base. */
const STREAM_FLAG = /^(?:zap-[a-z-]+|logging-format|alsologtostderr)$/;

/** What flags, variables and shell redirections say of a container's logs; undefined where they say nothing. */
export function logDestination(container: Container): LogDestination | undefined {
  const evidence = [...fromFlags(container), ...fromShell(container), ...fromEnvironment(container)];
  return evidence.find(({ kind }) => kind === 'stream') ?? evidence[0];
}

const TO_STREAM: LogDestination = { kind: 'stream' };

function sink(value: string, path: string): LogDestination[] {
  if (STREAM_NAMES.test(value) || STREAM.test(value)) return [TO_STREAM];
  return value.startsWith('/') || value === 'file' ? [{ kind: 'file', file: value, path }] : [];
}

function fromFlags(container: Container): LogDestination[] {
  const words = container.commandLine;
  const found: LogDestination[] = [];
  let toStandardError: boolean | undefined;
  let toFile: LogDestination | undefined;
  words.forEach(({ text, path }, index) => {
    const match = /^--?([A-Za-z][\w.-]*)(?:=(.*))?$/s.exec(text);
    const name = match?.[1];
    if (name === undefined) return;
    const next = words[index + 1]?.text;
    const value =
      match?.[2] ?? (next === undefined || (next.startsWith('-') && next !== '-') ? 'true' : next);
    if (name === 'logtostderr') {
      toStandardError = value !== 'false';
      if (!toStandardError) toFile ??= { kind: 'file', file: '/tmp', path };
    } else if (STREAM_FLAG.test(name)) {
      if (value !== 'false') found.push(TO_STREAM);
    } else if (SINK_FLAG.test(name)) found.push(...sink(value, path));
    else if (FILE_FLAG.test(name)) {
      const [destination] = sink(value, path);
      if (destination?.kind === 'stream') found.push(destination);
      else if (destination !== undefined) toFile = destination;
    }
  });
  // glog and klog leave log files alone as long as they write to standard error, which Kubernetes' components do by default.
  toStandardError ??= Component.of(container.workload).some((component) => component.container === container)
    ? true
    : undefined;
  if (toStandardError === true) found.push(TO_STREAM);
  else if (toFile !== undefined) found.push(toFile);
  return found;
}

function fromShell(container: Container): LogDestination[] {
  const words = container.commandLine;
  const found: LogDestination[] = [];
  if (words.some(({ text }) => STREAM.test(text))) found.push(TO_STREAM);
  if (!isShell(words[0]?.text ?? '')) return found;
  const script = words[words.findIndex(({ text }) => /^-[a-z]*c$/.test(text)) + 1];
  if (script === undefined || script === words[0]) return found;
  const text = script.text.slice(0, LONGEST_SCRIPT);
  const follows = /\btail\b/.test(text) && /\s-\w*[fF]\b|--follow\b/.test(text);
  if (follows || /\|\s*tee\b/.test(text)) found.push(TO_STREAM);
  for (const [, target = ''] of text.matchAll(/(?:^|[\s;)}"'])[1&]?>{1,2}\s*([^\s;|&<>]+)/g)) {
    const file = target.replace(/["']/g, '');
    if (/\.log$|(?:^|\/)logs?\//.test(file)) found.push({ kind: 'file', file, path: script.path });
  }
  return found;
}

function fromEnvironment(container: Container): LogDestination[] {
  return container.environment.flatMap(({ name, value, path }) => {
    if (value === undefined) return [];
    if (STREAM_VARIABLE.test(name)) return /^(?:false|0|no|off|)$/i.test(value) ? [] : [TO_STREAM];
    return SINK_VARIABLE.test(name) || FILE_VARIABLE.test(name) ? sink(value, path) : [];
  });
}

/** The mount of a container below which a file stands, the innermost where several do. */
export function mountOf(container: Container, file: string): VolumeMount | undefined {
  const around = container.volumeMounts.filter(({ mountPath }) => {
    const folder = mountPath.replace(/\/+$/, '');
    return folder !== '' && (file === folder || file.startsWith(`${folder}/`));
  });
  return around.sort((a, b) => b.mountPath.length - a.mountPath.length)[0];
}

/**
 * Another container of the pod that can pass a container's log files on: it mounts the volume that holds the named file, or, where no file
 * is named, it is a log agent that mounts a volume of this container's.
 */
export function shipperOf(container: Container, file: string | undefined): Container | undefined {
  const volumes = new Set(
    file === undefined
      ? container.volumeMounts.map(({ name }) => name)
      : [mountOf(container, file)?.name].filter((name) => name !== undefined),
  );
  if (volumes.size === 0) return undefined;
  return container.workload.containers.find(
    (other) =>
      other !== container &&
      other.isLongRunning &&
      (file !== undefined || isLogAgent(other)) &&
      other.volumeMounts.some(({ name }) => volumes.has(name)),
  );
}
