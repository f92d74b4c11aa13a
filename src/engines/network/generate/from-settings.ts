import { formatAddress, isIpv4 } from '../addresses.ts';
import type { WorkloadGroup } from '../network.ts';
import type { NetworkService } from '../services.ts';
import { type Directory, isHeadless } from './directory.ts';
import type { Evidence, Ground, Party, Source } from './evidence.ts';
import {
  bareReferences,
  mayNameHost,
  type Reference,
  referencesIn,
  SCHEME_PORTS,
  saysHost,
  serviceVariables,
  waitsIn,
} from './references.ts';
import type { Setting, Settings } from './settings.ts';

export interface SettingsOptions {
  /** Whether words that may be another thing's name count as names of Services. */
  readonly includeAmbiguous: boolean;
}

/** A line of a file that says nothing to a program. */
const COMMENT = /^\s*(?:#|;|\/\/|--\s)/;
const PAIR = /^\s*(?:-\s+)?["']?([A-Za-z_][\w./-]{0,200})["']?\s{0,20}(?:=|:\s)\s*(\S.*)$/;
/** A longer line is no setting, but may hold many. */
const LONGEST_SETTING = 2000;
const HIDDEN_ADDRESS =
  /(?:^|_)(?:url|uri|dsn|host|hosts|addr|address|endpoint|server|servers|broker|brokers|connection(?:_?string)?)$/i;

/** Finds what the settings of a workload refer to. */
export class SettingsReader {
  readonly #directory: Directory;
  readonly #settings: Settings;
  readonly #evidence: Evidence;
  readonly #options: SettingsOptions;

  constructor(directory: Directory, settings: Settings, evidence: Evidence, options: SettingsOptions) {
    this.#directory = directory;
    this.#settings = settings;
    this.#evidence = evidence;
    this.#options = options;
  }

  read(group: WorkloadGroup): void {
    for (const pod of group.pods) {
      const workload = this.#directory.network.workloads.get(pod);
      if (workload === undefined) continue;
      const { settings, hidden } = this.#settings.of(workload);
      for (const setting of settings) {
        if (setting.form === 'file') this.#ofFile(group, setting);
        else this.#ofText(group, setting, setting.key, setting.text);
      }
      for (const { key, secret, raw, path } of hidden) {
        if (key !== undefined && !HIDDEN_ADDRESS.test(key)) continue;
        const text = key ?? `envFrom ${secret}`;
        this.#evidence.leaveOut({ reason: 'in-secret', group, source: { raw, path }, text });
      }
    }
  }

  #ofFile(group: WorkloadGroup, setting: Setting): void {
    if (!setting.text.trim().includes('\n')) {
      this.#ofText(group, setting, setting.key, setting.text);
      return;
    }
    for (const line of setting.text.split('\n')) {
      if (COMMENT.test(line)) continue;
      const [, key, value] = (line.length > LONGEST_SETTING ? null : PAIR.exec(line.trimEnd())) ?? [];
      if (key === undefined) this.#ofText(group, setting, undefined, line);
      else this.#ofText(group, setting, key, value!.replace(/,$/, ''));
    }
  }

  #ofText(group: WorkloadGroup, setting: Setting, key: string | undefined, text: string): void {
    const source: Source = { raw: setting.raw, path: setting.path };
    const certain = setting.form === 'command' ? waitsIn(text) : referencesIn(text);
    for (const reference of certain) this.#refer(group, source, key, reference, setting);
    for (const name of serviceVariables(text)) this.#variable(group, source, name);
    if (certain.length > 0 || (setting.form !== 'value' && key === undefined)) return;
    for (const reference of bareReferences(text)) this.#refer(group, source, key, reference, setting);
  }

  #refer(
    group: WorkloadGroup,
    source: Source,
    key: string | undefined,
    reference: Reference,
    { siblings, form }: Setting,
  ): void {
    const { host, scheme, isBare, text } = reference;
    const meaning = this.#directory.meaningOf(host, group.namespace);
    const beside = reference.port === undefined ? portBeside(key, siblings) : undefined;
    const shown = key === undefined ? text : `${key}=${text}`;
    const because: Ground = {
      reason: 'reference',
      source,
      text: beside === undefined ? shown : `${shown}, ${beside.key}=${beside.port}`,
    };
    const leave = (reason: Parameters<Evidence['leaveOut']>[0]['reason']) =>
      this.#evidence.leaveOut({ reason, group, source, text: because.text, host });
    const port = reference.port ?? beside?.port;
    const isHost = port !== undefined || (form === 'value' && key !== undefined && saysHost(key));
    switch (meaning.kind) {
      case 'service': {
        const sureness = isBare ? this.#sureness(group, key, meaning.services, form) : 'yes';
        if (sureness === 'no') return;
        if (sureness === 'perhaps') {
          leave('ambiguous');
          if (!this.#options.includeAmbiguous) return;
        }
        for (const service of meaning.services) {
          this.#toService(group, service, port, scheme, because, reference.port !== undefined);
        }
        return;
      }
      case 'api-server':
        this.#evidence.callsApiServer(group, because);
        return;
      case 'unknown-service':
        if (!isBare || (key !== undefined && mayNameHost(key) === 'yes')) leave('unknown-service');
        return;
      case 'address':
        if (isBare && port === undefined) return;
        this.#toAddress(group, meaning.address, port ?? SCHEME_PORTS.get(scheme ?? ''), because);
        return;
      case 'outside':
        // A dotted word without a port may be the name of a file or of an API.
        if (scheme !== undefined || (isHost && /\.[a-z]{2,}$/.test(host))) leave('external-name');
        return;
      case 'word':
        // Of a URL it is a host and nothing else.
        if (SCHEME_PORTS.has(scheme ?? '')) leave('unknown-service');
        return;
      case 'nothing':
    }
  }

  /** Its own name, or a word in a place where names of other things stand; files are full of such words. */
  #sureness(
    group: WorkloadGroup,
    key: string | undefined,
    services: readonly NetworkService[],
    form: Setting['form'],
  ): 'yes' | 'perhaps' | 'no' {
    const byKey = key === undefined ? 'perhaps' : mayNameHost(key);
    const isOwn = services.some((service) => this.#directory.behind(service).includes(group));
    if (byKey === 'perhaps' && (isOwn || form === 'file')) return 'no';
    return byKey === 'yes' && isOwn ? 'perhaps' : byKey;
  }

  #variable(group: WorkloadGroup, source: Source, variable: string): void {
    for (const service of [...this.#directory.network.entries.services.values()].flat()) {
      const isMeant =
        service.namespace === group.namespace && service.name.toUpperCase().replaceAll('-', '_') === variable;
      if (!isMeant) continue;
      const because: Ground = { reason: 'reference', source, text: `${variable}_SERVICE_HOST` };
      this.#toService(group, service, undefined, undefined, because, false);
    }
  }

  #toService(
    from: WorkloadGroup,
    service: NetworkService,
    stated: number | undefined,
    scheme: string | undefined,
    because: Ground,
    isCertain: boolean,
  ): void {
    const implied = stated ?? SCHEME_PORTS.get(scheme ?? '');
    const isServed = implied !== undefined && service.ports.some(({ port }) => port === implied);
    const leave = (reason: Parameters<Evidence['leaveOut']>[0]['reason']) =>
      this.#evidence.leaveOut({
        reason,
        group: from,
        ...(because.source === undefined ? {} : { source: because.source }),
        text: because.text,
      });
    // A port that is not the Service's own fails; one that a scheme implies may be completed elsewhere.
    if (isCertain && !isServed && !isHeadless(service)) {
      leave('no-such-port');
      return;
    }
    const groups = this.#directory.behind(service);
    if (groups.length === 0) leave('no-pods');
    let hasTarget = groups.length === 0;
    for (const group of groups) {
      // The ports of a headless Service are not translated: what is called is the pod's own port.
      const isDirect = isCertain && stated !== undefined && isHeadless(service);
      const protocol = service.ports.find(({ port }) => port === stated)?.protocol ?? 'TCP';
      const ports = isDirect
        ? [{ protocol, port: stated }]
        : this.#directory.targets(service, group, isServed ? implied : undefined);
      hasTarget ||= ports.length > 0;
      const to: Party = { kind: 'workload', group };
      this.#evidence.add({ from: { kind: 'workload', group: from }, to, ports, because });
    }
    if (!hasTarget) leave('no-target');
  }

  #toAddress(from: WorkloadGroup, address: bigint, port: number | undefined, because: Ground): void {
    const service = this.#directory.serviceAt(address);
    if (service !== undefined) {
      this.#toService(from, service, port, undefined, because, port !== undefined);
      return;
    }
    // A pod's address changes with the pod, so that nobody writes it into settings; without a port it may be any number.
    if (port === undefined || this.#directory.podAt(address) !== undefined) return;
    const cidr = `${formatAddress(address)}/${isIpv4(address) ? 32 : 128}`;
    this.#evidence.add({
      from: { kind: 'workload', group: from },
      to: { kind: 'blocks', blocks: [{ cidr, except: [] }] },
      ports: [{ protocol: 'TCP', port }],
      because,
    });
  }
}

/** `DB_PORT` of `DB_HOST`. */
function portBeside(
  key: string | undefined,
  siblings: ReadonlyMap<string, string>,
): { readonly key: string; readonly port: number } | undefined {
  if (key === undefined || siblings.size === 0) return undefined;
  const stem = key.replace(/(?:host(?:_?name)?|addr(?:ess)?|server|service|endpoint|url)$/i, '');
  if (stem === key) return undefined;
  for (const name of [`${stem}PORT`, `${stem}port`, `${stem}Port`, `${key}_PORT`]) {
    const text = siblings.get(name);
    if (text !== undefined && /^\d{1,5}$/.test(text)) return { key: name, port: Number(text) };
  }
  return undefined;
}
