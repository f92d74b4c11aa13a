import { parseAddress } from '../addresses.ts';

/** Another end that a text names. */
export interface Reference {
  readonly host: string;
  readonly port: number | undefined;
  /** Of a URL, in lower case. */
  readonly scheme: string | undefined;
  /** A host without port and scheme may be any word. */
  readonly isBare: boolean;
  /** As it is shown; without what a URL holds besides its host, which may be secret. */
  readonly text: string;
}

/** Ports that a URL means where it states none (IANA's registry of services, and what clients of these schemes take). */
export const SCHEME_PORTS: ReadonlyMap<string, number> = new Map([
  ['http', 80],
  ['ws', 80],
  ['https', 443],
  ['wss', 443],
  ['ftp', 21],
  ['ldap', 389],
  ['ldaps', 636],
  ['smtp', 25],
  ['amqp', 5672],
  ['amqps', 5671],
  ['mongodb', 27_017],
  ['mysql', 3306],
  ['mariadb', 3306],
  ['postgres', 5432],
  ['postgresql', 5432],
  ['redis', 6379],
  ['rediss', 6379],
  ['nats', 4222],
  ['mqtt', 1883],
  ['mqtts', 8883],
  ['sqlserver', 1433],
]);

/** Addresses of IPv6 stand between brackets (RFC 3986, 3.2.2); without a scheme or a port these are as well a list. */
const BRACKETED =
  /(?:(?<![a-z0-9+.-])([a-z][a-z0-9+.-]*):\/\/(?:[^\s"'`<>\\/?#()[\]{}@]*@)?)?\[([0-9a-f]*:[0-9a-f:.]*)\](?::(\d{1,5})(?![\w.:-]))?/gi;
const HOST = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/;
/** No run of such characters is begun in its middle, so that the time grows with the length of the text alone. */
const URL_TEXT = /(?<![a-z0-9+.-])([a-z][a-z0-9+.-]*):\/\/([^\s"'`<>\\/?#)\]}]*)/gi;
/** What comes before an `@` is a user and a password. */
const HOST_PORT = /(?<![\w.:/$-])([a-z0-9][a-z0-9.-]*):(\d{1,5})(?![\w.:@-])/gi;
const CLUSTER_NAME =
  /(?<![\w.$-])([a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+){1,3}\.svc(?:\.[a-z0-9-]+)*)\.?(?![\w:.-])/gi;
const CONNECT =
  /\b(?:nc|ncat|netcat|telnet)((?:\s+-[^\s]+(?:\s+\d+(?=\s))?){0,10})\s+([a-z0-9][a-z0-9.-]*)\s+(\d{1,5})\b/gi;
const DEVICE = /\/dev\/(?:tcp|udp)\/([a-z0-9][a-z0-9.-]*)\/(\d{1,5})\b/gi;
const HOST_FLAG = /(?:^|\s)(?:-h|--host|--hostname|--server)(?:=|\s*)([a-z0-9][a-z0-9.-]*)/i;
const PORT_FLAG = /(?:^|\s)(?:-p|-P|--port)(?:=|\s*)(\d{1,5})\b/;
const HAS_LETTER = /[a-z]/;
const ADDRESS = /^\d{1,3}(?:\.\d{1,3}){3}$/;

function make(host: string, port: string | undefined, scheme: string | undefined): Reference[] {
  const name = host.toLowerCase().replace(/\.$/, '');
  return HOST.test(name) && (HAS_LETTER.test(name) || ADDRESS.test(name))
    ? reference(name, name, port, scheme)
    : [];
}

function makeAddress(address: string, port: string | undefined, scheme: string | undefined): Reference[] {
  const host = address.toLowerCase();
  return reference(host, `[${host}]`, port, scheme);
}

function reference(
  host: string,
  shown: string,
  port: string | undefined,
  scheme: string | undefined,
): Reference[] {
  const number = port === undefined ? undefined : Number(port);
  if (number !== undefined && (number < 1 || number > 65_535)) return [];
  const text = `${scheme === undefined ? '' : `${scheme}://`}${shown}${port === undefined ? '' : `:${number}`}`;
  return [{ host, port: number, scheme, isBare: scheme === undefined && port === undefined, text }];
}

/**
 * Everything in a text that says where a connection leads: URLs (of several hosts, as MongoDB's), `host:port`, DNS names of Services,
 * and the arguments of commands that wait for a server. Names alone are not among them, see `bareReferences`.
 */
export function referencesIn(text: string): Reference[] {
  const found: Reference[] = [];
  const plain = text.replace(BRACKETED, (whole, scheme?: string, address?: string, port?: string) => {
    if ((scheme === undefined && port === undefined) || parseAddress(address!) === undefined) return whole;
    found.push(...makeAddress(address!, port, scheme?.toLowerCase()));
    return ' ';
  });
  const rest = plain.replace(URL_TEXT, (_whole, scheme: string, authority: string) => {
    const hosts = authority.slice(authority.lastIndexOf('@') + 1).split(',');
    for (const each of hosts) {
      const [, host, port] = /^([^:[]+)(?::(\d{1,5}))?$/.exec(each) ?? [];
      if (host !== undefined) found.push(...make(host, port, scheme.toLowerCase()));
    }
    return ' ';
  });
  for (const [, host, port] of rest.matchAll(HOST_PORT)) found.push(...make(host!, port, undefined));
  for (const [, host] of rest.matchAll(CLUSTER_NAME)) {
    found.push(...make(host!, undefined, undefined).map((each) => ({ ...each, isBare: false })));
  }
  return [...found, ...waitsIn(rest)];
}

/** Where commands connect to by their arguments, as those do that wait for a server: `nc -z db 5432`, `pg_isready -h db -p 5432`. */
export function waitsIn(text: string): Reference[] {
  const found: Reference[] = [];
  for (const [, , host, port] of text.matchAll(CONNECT)) found.push(...make(host!, port, undefined));
  for (const [, host, port] of text.matchAll(DEVICE)) found.push(...make(host!, port, undefined));
  const host = HOST_FLAG.exec(text)?.[1];
  // Of a command with other words; a lone `--host=db` is a setting like any other.
  if (host !== undefined && /\s/.test(text.trim())) {
    found.push(...make(host, PORT_FLAG.exec(text)?.[1], undefined));
  }
  return found;
}

/** The names or addresses that a whole value consists of: `db`, or `db-0.db,db-1.db`. */
export function bareReferences(value: string): Reference[] {
  const plain = value.trim().replace(/^(["'])(.*)\1$/, '$2');
  if (plain.length > 2000) return [];
  return plain.split(/\s*[,;]\s*/).flatMap((each) => make(each, undefined, undefined));
}

/** Names of settings whose value may be the name of something else than a host. */
const OTHER_NAMES =
  /(?:^|[^a-z])(?:name|database|db|mode|schema|realm|id|profile|label|group|topic|queue|bucket|index|prefix|suffix|theme|app|job|module|plugin|storage|provider|namespace|component|tier|instance|env(?:ironment)?)$/i;
/** Those whose value never is the name of a host. */
const NO_HOSTS =
  /(?:^|[^a-z])(?:user(?:name)?|pass(?:word)?|(?:access|secret|api)[^a-z]*key|type|driver|dialect|engine|kind|uid|tag|version|role|format|level|lang(?:uage)?|title|image|class|command)$/i;
const HOST_NAMES =
  /(?:host|server|node|dns)[^a-z]*name$|(?:^|[^a-z])(?:addr(?:ess)?|host|hosts|url|uri|endpoint|server|servers|peers?|upstream|broker|brokers|target|service)$/i;
const SAYS_HOST =
  /(?:^|[^a-z])(?:(?<!(?:virtual|allowed|bind|listen|own|public)[^a-z]*)host|endpoint|broker|brokers|upstream)$/i;

/** Whether a setting of this name may hold the name of a host; `perhaps` where it may as well be another name. */
export function mayNameHost(key: string): 'yes' | 'perhaps' | 'no' {
  const words = key.replace(/([a-z])([A-Z])/g, '$1_$2');
  if (HOST_NAMES.test(words)) return 'yes';
  if (NO_HOSTS.test(words)) return 'no';
  return OTHER_NAMES.test(words) ? 'perhaps' : 'yes';
}

/** Whether the name of a setting says that it holds a host, and which need not be one of the cluster. */
export function saysHost(key: string): boolean {
  return SAYS_HOST.test(key.replace(/([a-z])([A-Z])/g, '$1_$2'));
}

/** Variables by which the kubelet tells of Services: https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables. */
export function serviceVariables(text: string): string[] {
  if (!text.includes('_SERVICE_HOST')) return [];
  return [...text.matchAll(/\b([A-Z][A-Z0-9_]*?)_SERVICE_HOST\b/g)].map(([, name]) => name!);
}
