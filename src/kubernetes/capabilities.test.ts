import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  CAPABILITIES,
  effectiveCapabilities,
  normalizeCapability,
  reachesBeyondContainer,
} from './capabilities.ts';

const HEADER = '/usr/include/linux/capability.h';

describe('capabilities', () => {
  it.skipIf(!existsSync(HEADER))("has the kernel's names and numbers", () => {
    const defined = [...readFileSync(HEADER, 'utf8').matchAll(/^#define CAP_([A-Z_]+)\s+(\d+)\s*$/gm)].map(
      ([, name, number]) => [name, Number(number)] as const,
    );
    expect(defined.length).toBeGreaterThanOrEqual(38);
    for (const [name, number] of defined)
      expect([name, CAPABILITIES.get(name!)?.number]).toEqual([name, number]);
  });

  it('knows all 41 and the 14 of the default set', () => {
    expect([...CAPABILITIES.values()].map(({ number }) => number)).toEqual([...Array(41).keys()]);
    expect([...effectiveCapabilities([], [])].sort()).toEqual(
      // containerd pkg/oci/spec.go defaultUnixCaps
      'CHOWN DAC_OVERRIDE FSETID FOWNER MKNOD NET_RAW SETGID SETUID SETFCAP SETPCAP NET_BIND_SERVICE SYS_CHROOT KILL AUDIT_WRITE'
        .split(' ')
        .sort(),
    );
  });

  it('adds and drops in the order of the runtime', () => {
    expect(effectiveCapabilities(['NET_BIND_SERVICE'], ['ALL'])).toEqual(new Set(['NET_BIND_SERVICE']));
    expect(effectiveCapabilities(['all'], ['cap_chown']).size).toBe(40);
    expect(effectiveCapabilities(['SYS_ADMIN'], ['SYS_ADMIN']).has('SYS_ADMIN')).toBe(false);
    expect(effectiveCapabilities(['ALL'], ['ALL']).size).toBe(0);
    expect(effectiveCapabilities(['NO_SUCH'], []).size).toBe(14);
  });

  it('takes the prefix and case off', () => {
    expect(['CAP_SYS_ADMIN', 'sys_admin', 'cap_all'].map(normalizeCapability)).toEqual([
      'SYS_ADMIN',
      'SYS_ADMIN',
      'ALL',
    ]);
  });
});

describe('reachesBeyondContainer', () => {
  it.each(['SYS_ADMIN', 'cap_net_admin', 'ALL', 'all'])('is true for %s', (name) => {
    expect(reachesBeyondContainer(name)).toBe(true);
  });

  it.each(['IPC_LOCK', 'NET_BIND_SERVICE', 'CHOWN', 'NET_EVERYTHING'])('is false for %s', (name) => {
    expect(reachesBeyondContainer(name)).toBe(false);
  });
});
