import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { debianPackages, runs, type Unpacked } from '../debian.ts';

/** What a shipper is told: a file to follow, and where to. Paths are of PEM files. */
export interface Shipping {
  /** For its configuration and its state. */
  readonly folder: string;
  readonly file: string;
  /** `raw`: lines are documents; `message`: each becomes the field `message` of one, with the file's name beside it. */
  readonly document: 'raw' | 'message';
  readonly port: number;
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

/** A log shipper as its users run it. */
export interface Shipper {
  readonly name: string;
  start(shipping: Shipping): Shipped;
}

export interface Shipped {
  /** Asks it to end, as its service manager does, and waits for that. */
  stop(): Promise<void>;
}

function run(program: string, args: readonly string[], unpacked: Unpacked): Shipped {
  const child: ChildProcess = spawn(program, args, {
    env: { ...process.env, LD_LIBRARY_PATH: unpacked.libraries },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = once(child, 'exit');
  const killed = (): boolean => child.kill('SIGKILL');
  process.on('exit', killed);
  return {
    async stop() {
      child.kill('SIGTERM');
      const patience = setTimeout(killed, 10_000);
      await ended;
      clearTimeout(patience);
      process.off('exit', killed);
    },
  };
}

const write = (folder: string, name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

/** rsyslog with omelasticsearch (rsyslog.com/doc/configuration/modules/omelasticsearch.html), its queue on disk. */
function rsyslog(): Shipper | undefined {
  const unpacked = debianPackages('rsyslog', 'rsyslog-elasticsearch');
  if (unpacked === undefined) return undefined;
  const program = join(unpacked.root, 'usr/sbin/rsyslogd');
  if (!runs(program, unpacked, '-v')) return undefined;
  const libraries = join(unpacked.root, 'usr/lib');
  const [architecture = ''] = readdirSync(libraries).filter((name) => name.endsWith('-linux-gnu'));
  return {
    name: 'rsyslog',
    start({ folder, file, document, port, ca, certificate, key }) {
      const template =
        document === 'raw'
          ? '{ property(name="msg") }'
          : `{ constant(value="{") property(name="msg" format="jsonf" outname="message") constant(value=",\\"log\\":{\\"file\\":{")
               property(name="$!metadata!filename" format="jsonf" outname="path") constant(value="}}}") }`;
      const path = write(
        folder,
        'rsyslog.conf',
        `global(workDirectory="${folder}" maxMessageSize="16m")
         module(load="imfile" mode="inotify")
         module(load="omelasticsearch")
         template(name="document" type="list") ${template}
         ruleset(name="ship") {
           action(type="omelasticsearch" server="https://127.0.0.1" serverport="${port}" template="document"
             searchIndex="kubernetes" searchType="" bulkmode="on" maxbytes="4m" errorfile="${folder}/errors.json"
             tls.cacert="${ca}" tls.mycert="${certificate}" tls.myprivkey="${key}"
             queue.type="LinkedList" queue.filename="ship" queue.dequeuebatchsize="500" queue.saveonshutdown="on"
             action.resumeretrycount="-1" action.resumeinterval="1")
         }
         input(type="imfile" File="${file}" Tag="kubernetes" addMetadata="on" ruleset="ship")\n`,
      );
      const modules = join(libraries, architecture, 'rsyslog');
      return run(program, ['-n', '-M', modules, '-f', path, '-i', join(folder, 'rsyslog.pid')], unpacked);
    },
  };
}

/** syslog-ng with its own elasticsearch-http() destination. */
function syslogNg(): Shipper | undefined {
  const unpacked = debianPackages('syslog-ng-core', 'syslog-ng-mod-http', 'syslog-ng-scl');
  if (unpacked === undefined) return undefined;
  const program = join(unpacked.root, 'usr/sbin/syslog-ng');
  if (!runs(program, unpacked, '--version')) return undefined;
  const modules = join(unpacked.root, 'usr/lib/syslog-ng');
  const [version = ''] = readdirSync(modules).filter((name) => /^\d/.test(name));
  const destination = join(unpacked.root, 'usr/share/syslog-ng/include/scl/elasticsearch/elastic-http.conf');
  return {
    name: 'syslog-ng',
    start({ folder, file, document, port, ca, certificate, key }) {
      const template =
        // biome-ignore lint/suspicious/noTemplateCurlyInString: a macro of syslog-ng.
        document === 'raw' ? '${MESSAGE}' : '$(format-json message=$MESSAGE log.file.path=$FILE_NAME)';
      const path = write(
        folder,
        'syslog-ng.conf',
        [
          `@version: ${version}`,
          `@include "${destination}"`,
          `options { log-msg-size(16777216); time-reopen(1); stats-freq(0); };`,
          `source file { file("${file}" flags(no-parse) follow-freq(0.2)); };`,
          `destination bulk {`,
          `elasticsearch-http(url("https://127.0.0.1:${port}/_bulk") index("kubernetes") type("") template("${template}")`,
          `batch_lines(200) batch-timeout(200) retries(1000)`,
          `tls(ca-file("${ca}") cert-file("${certificate}") key-file("${key}") peer-verify(yes)));`,
          `};`,
          `log { source(file); destination(bulk); flags(flow-control); };`,
          '',
        ].join('\n'),
      );
      const state = ['persist-file', 'pidfile', 'control'].map((name) => `--${name}=${join(folder, name)}`);
      const args = [
        '-F',
        '--no-caps',
        `--module-path=${join(modules, version)}`,
        `--cfgfile=${path}`,
        ...state,
      ];
      return run(program, args, unpacked);
    },
  };
}

/** The shippers that can be had on this machine. */
export function shippers(): Shipper[] {
  return [rsyslog(), syslogNg()].filter((shipper) => shipper !== undefined);
}
