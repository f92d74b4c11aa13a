import type { DebugPort } from './debug-ports.ts';
import { parseImage } from './images.ts';
import type { Container } from './workload.ts';

/** A word of a command line, or the value of a variable. */
export interface Text {
  readonly text: string;
  readonly path: string;
}

/** How a debugger or profiler shows in a word of a command line or in the value of a variable. */
export interface Agent {
  readonly name: string;
  readonly gives: DebugPort['gives'];
  /** The port that it has if none is stated. */
  readonly port: number | undefined;
  /** Where it listens unless told otherwise. */
  readonly listens: DebugPort['listens'];
  readonly find: (words: readonly Text[], container: Container) => readonly Found[];
}

export interface Found {
  readonly path: string;
  /** `host:port`, `port`, or nothing. */
  readonly address?: string | undefined;
  readonly listens?: DebugPort['listens'];
}

/** All matches of an expression whose first group, if there is one, is the address. */
function matching(pattern: RegExp) {
  return (words: readonly Text[]): Found[] =>
    words.flatMap(({ text, path }) => {
      const match = pattern.exec(text);
      return match === null ? [] : [{ path, address: match[1] }];
    });
}

function baseName(word: string): string {
  return word.slice(word.lastIndexOf('/') + 1);
}

/** A program by its name, with the address that one of its options states. */
function program(names: readonly string[], options: readonly string[], unless: readonly string[] = []) {
  return (words: readonly Text[]): Found[] => {
    const at = words.findIndex(({ text }) => names.includes(baseName(text)));
    if (at < 0) return [];
    const rest = words.slice(at + 1);
    if (rest.some(({ text }) => unless.some((each) => text === each || text.startsWith(`${each}=`))))
      return [];
    for (const [index, { text }] of rest.entries()) {
      for (const option of options) {
        if (text === option) return [{ path: words[at]!.path, address: rest[index + 1]?.text }];
        if (text.startsWith(`${option}=`))
          return [{ path: words[at]!.path, address: text.slice(option.length + 1) }];
      }
    }
    return [{ path: words[at]!.path }];
  };
}

const JDWP = /-(?:agentlib:jdwp=|Xrunjdwp:)(\S+)/;

/** https://docs.oracle.com/en/java/javase/21/docs/specs/jpda/conninv.html */
function jdwp(words: readonly Text[]): Found[] {
  return words.flatMap(({ text, path }): Found[] => {
    const options = new Map(
      (JDWP.exec(text)?.[1] ?? '').split(',').map((each) => each.split('=', 2) as [string, string]),
    );
    if (options.get('server') !== 'y') return [];
    return [{ path, address: options.get('address')?.replace(/["']/g, '') }];
  });
}

function jpda(words: readonly Text[], container: Container): Found[] {
  const at = words.findIndex(
    ({ text }, index) => baseName(text) === 'catalina.sh' && words[index + 1]?.text === 'jpda',
  );
  const address = container.environment.find(({ name }) => name === 'JPDA_ADDRESS')?.value;
  return at < 0 ? [] : [{ path: words[at]!.path, address }];
}

const JMX_PORT = /-Dcom\.sun\.management\.jmxremote\.port=(\d+)/;

/** JMX over RMI asks for a password unless told not to, and loads code for those whom it lets in. */
function jmx(words: readonly Text[]): Found[] {
  const all = words.map(({ text }) => text).join(' ');
  if (!all.includes('-Dcom.sun.management.jmxremote.authenticate=false')) return [];
  const isLocal = /-Dcom\.sun\.management\.jmxremote\.host=(?:127\.|localhost)/.test(all);
  return matching(JMX_PORT)(words).map(({ path, address }) => ({
    path,
    address,
    listens: isLocal ? 'loopback' : 'network',
  }));
}

/** Endpoints of Spring Boot that show secrets or memory; health, info and metrics do not. */
const TELLING =
  /(?:^|[\s,"'])(?:\*|heapdump|env|configprops|jolokia|threaddump|logfile|shutdown)(?:$|[\s,"'])/;

function actuator(_words: readonly Text[], container: Container): Found[] {
  const values = new Map(container.environment.map(({ name, value }) => [name.toUpperCase(), value ?? '']));
  const port = values.get('MANAGEMENT_SERVER_PORT');
  const isLocal = /^(?:127\.|localhost)/.test(values.get('MANAGEMENT_SERVER_ADDRESS') ?? '');
  return [
    ...container.environment
      .filter(({ name }) => name.toUpperCase() === 'MANAGEMENT_ENDPOINTS_WEB_EXPOSURE_INCLUDE')
      .map(({ value = '', path }) => ({ value, path })),
    ...container.commandLine.flatMap(({ text, path }) => {
      const match = /management\.endpoints\.web\.exposure\.include=(\S+)/.exec(text);
      return match === null ? [] : [{ value: match[1]!, path }];
    }),
  ]
    .filter(({ value }) => TELLING.test(value))
    .map(({ path }) => ({ path, address: port, listens: isLocal ? 'loopback' : 'network' }));
}

/** dockerd without TLS; the entry point of the image opens 2375 to all where DOCKER_TLS_CERTDIR is empty. */
function docker(words: readonly Text[], container: Container): Found[] {
  const isImage =
    /(?:^|\/)docker$/.test(parseImage(container.image)?.repository ?? '') &&
    /:[^/]*dind/.test(container.image);
  const at = words.findIndex(
    ({ text }) => baseName(text) === 'dockerd' || baseName(text) === 'dockerd-entrypoint.sh',
  );
  if (at < 0 && !isImage) return [];
  const all = words.map(({ text }) => text);
  if (all.some((text) => /^--tls(?:verify)?(?:=true)?$/.test(text))) return [];
  const stated = words.flatMap(({ text, path }) => {
    const match = /tcp:\/\/(\S*)/.exec(text);
    return match === null || text.startsWith('DOCKER_HOST') ? [] : [{ path, address: match[1] }];
  });
  if (stated.length > 0) return stated;
  const certificates = container.environment.find(({ name }) => name === 'DOCKER_TLS_CERTDIR');
  const isPlain = isImage && certificates?.value === '' && certificates.valueFrom === undefined;
  return isPlain ? [{ path: certificates.path, address: '0.0.0.0:2375' }] : [];
}

export const AGENTS: readonly Agent[] = [
  // With a port alone, JDK 8 listens everywhere, and JDK 9 and later at the loopback address.
  { name: 'JDWP', gives: 'code', port: undefined, listens: 'unknown', find: jdwp },
  // `catalina.sh jpda` takes its address from a variable.
  { name: 'JDWP', gives: 'code', port: 8000, listens: 'unknown', find: jpda },
  { name: 'JMX', gives: 'code', port: undefined, listens: 'network', find: jmx },
  // https://nodejs.org/en/learn/getting-started/debugging: 127.0.0.1:9229 unless told otherwise.
  {
    name: 'Node.js inspector',
    gives: 'code',
    port: 9229,
    listens: 'loopback',
    find: matching(/(?:^|\s)--inspect(?:-brk|-wait)?(?:=(\S+))?(?:\s|$)/),
  },
  {
    name: 'Delve',
    gives: 'code',
    port: undefined,
    listens: 'loopback',
    find: program(['dlv'], ['--listen', '-l']),
  },
  {
    name: 'debugpy',
    gives: 'code',
    port: 5678,
    listens: 'loopback',
    find: program(['debugpy', 'ptvsd'], ['--listen', '--host'], ['--connect']),
  },
  { name: 'gdbserver', gives: 'code', port: undefined, listens: 'network', find: gdb },
  {
    name: 'Chrome DevTools',
    gives: 'code',
    port: 9222,
    listens: 'loopback',
    find: chrome,
  },
  { name: 'Docker daemon', gives: 'code', port: 2375, listens: 'network', find: docker },
  {
    name: 'kubectl proxy',
    gives: 'code',
    port: 8001,
    listens: 'loopback',
    find: kubectlProxy,
  },
  {
    name: 'web terminal',
    gives: 'code',
    port: undefined,
    listens: 'network',
    find: program(['ttyd', 'gotty', 'wetty', 'shellinaboxd'], ['--port', '-p'], ['-c', '--credential']),
  },
  { name: 'pprof', gives: 'insight', port: 6060, listens: 'unknown', find: pprof },
  { name: 'Spring Boot actuator', gives: 'insight', port: 8080, listens: 'network', find: actuator },
];

function gdb(words: readonly Text[]): Found[] {
  const at = words.findIndex(({ text }) => baseName(text) === 'gdbserver');
  const address = words.slice(at + 1).find(({ text }) => /^[\w.]*:\d+$/.test(text))?.text;
  return at < 0 || address === undefined ? [] : [{ path: words[at]!.path, address }];
}

function chrome(words: readonly Text[]): Found[] {
  const everywhere = words.some(({ text }) => /--remote-debugging-address=(?:0\.0\.0\.0|::)/.test(text));
  return matching(/--remote-debugging-port=(\d+)/)(words).map(({ path, address }) => ({
    path,
    address,
    listens: everywhere ? 'network' : 'loopback',
  }));
}

function kubectlProxy(words: readonly Text[]): Found[] {
  const at = words.findIndex(({ text }) => baseName(text) === 'kubectl');
  if (at < 0 || words[at + 1]?.text !== 'proxy') return [];
  const all = words
    .slice(at)
    .map(({ text }) => text)
    .join(' ');
  const isOpen = /--address[= ](?:0\.0\.0\.0|::)/.test(all);
  return [
    {
      path: words[at]!.path,
      address: /--port[= ](\d+)/.exec(all)?.[1],
      listens: isOpen ? 'network' : 'loopback',
    },
  ];
}

const OFF = /^(?:|false|0|off|no|none|disabled?)$/i;

function pprof(_words: readonly Text[], container: Container): Found[] {
  const ofWords = container.commandLine.flatMap(({ text, path }): Found[] => {
    // No flag is longer than this.
    const match = /^--?([\w.-]*pprof[\w.-]*)(?:=(.*))?$/i.exec(text.slice(0, 256));
    if (match === null || /disable|^no-/.test(match[1]!) || (match[2] !== undefined && OFF.test(match[2])))
      return [];
    return [{ path, address: match[2] }];
  });
  const ofVariables = container.environment
    .filter(({ name, value }) => /PPROF/.test(name) && value !== undefined && !OFF.test(value))
    .map(({ value, path }) => ({ path, address: value }));
  return [...ofWords, ...ofVariables];
}
