import { describe, expect, test } from 'vitest';
import {
  certificateSubject,
  pemCertificates,
  pemRequest,
  requestSubject,
  subjectCommonName,
} from './certificate-subject.ts';

/** Made with `openssl req -x509`; the names are what `openssl x509 -subject` says of them. */
const CERTIFICATES = {
  PLAIN:
    'MIIBgDCCASegAwIBAgIUFEkNy4xhkApii73szOFDFtgHXcwwCgYIKoZIzj0EAwIwFTETMBEGA1UEAwwKa3ViZXJuZXRlczAgFw0yNjExMjMwODI3NDZaGA8yMTI2MTAzMDA4Mjc0NlowFTETMBEGA1UEAwwKa3ViZXJuZXRlczBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABDNwh9sxi4OcuiBPshdMcRAVHBttk+Ju+joX0B1Wu2KVXXXJgNuX2rpju+g3rvsJjapBXxqX9DzjAymB9dgOtCmjUzBRMB0GA1UdDgQWBBRzOU6qmxMyS+R+QHepQg+GYw0QtDAfBgNVHSMEGDAWgBRzOU6qmxMyS+R+QHepQg+GYw0QtDAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0cAMEQCIA9vp275sAuFfS1yRfReu/OxemTg8m1wkfd12p0F6jOcAiABZegtoeWoEnODiikgjo4IaJLqwutkxEmzObLdRd4BUQ==',
  ORGANISATION:
    'MIIBtDCCAVugAwIBAgIULwCMFSaAhTNRSjojV2ySg04PUjMwCgYIKoZIzj0EAwIwLzEYMBYGA1UEAwwPc2hvcCB3ZWJob29rIENBMRMwEQYDVQQKDAprdWJlcm5ldGVzMCAXDTI2MTEyMzA4Mjc0NloYDzIxMjYxMDMwMDgyNzQ2WjAvMRgwFgYDVQQDDA9zaG9wIHdlYmhvb2sgQ0ExEzARBgNVBAoMCmt1YmVybmV0ZXMwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATtwlYiMbEC2exEbuIPBHKbAj7N0c2pcp4HDmvXnjXhMceeMpX6cAtGvA9/usIGlS8n9NOq3J6GmuG+ZHYhsvGEo1MwUTAdBgNVHQ4EFgQUAKKZf0znX/3d5SeBJkGsozZrhe0wHwYDVR0jBBgwFoAUAKKZf0znX/3d5SeBJkGsozZrhe0wDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNHADBEAiB2y+dFrWB14ZZZ8PdKiU+g85IsioPdsnyKHUyjVtTSyAIgSyHutrHWLbjXJsfJUJZbqGN4vZD2WagRJLeOe3k41yQ=',
  TWO: 'MIIB3zCCAYWgAwIBAgIUajyirrBRC2rpF2NTWGWHtrBdnyIwCgYIKoZIzj0EAwIwRDELMAkGA1UEBhMCREUxETAPBgNVBAoMCEJlaXNwaWVsMQ4wDAYDVQQDDAVmaXJzdDESMBAGA1UEAwwJ5pyN5YqhIENBMCAXDTI2MTEyMzA4MzgyOFoYDzIxMjYxMDMwMDgzODI4WjBEMQswCQYDVQQGEwJERTERMA8GA1UECgwIQmVpc3BpZWwxDjAMBgNVBAMMBWZpcnN0MRIwEAYDVQQDDAnmnI3liqEgQ0EwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAARIiDbKlRy4qKC+fFcWgnsgtXCb5ZJtiOLV3gC5+UodkMqKh9kGbjDvFmbGhV9ORAW0QNOC2gjbIPCfgE2fNQyso1MwUTAdBgNVHQ4EFgQU3hKN2eOC3VAoMG2x5JE8aFCrpbQwHwYDVR0jBBgwFoAU3hKN2eOC3VAoMG2x5JE8aFCrpbQwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiALsCjNc92AX5hWrd1Cl/L+WmLb5OvTZU90g8KHCPve/gIhAIqT82A4XhPyZto5fgkT+YcmRoTj+7FxvDJDwBICVJ1k',
  NONE: 'MIIBezCCASGgAwIBAgIUODnFKkq/BavTWIV8nlGBIyYt+jAwCgYIKoZIzj0EAwIwEjEQMA4GA1UECgwHbm8gbmFtZTAgFw0yNjExMjMwODM4MjhaGA8yMTI2MTAzMDA4MzgyOFowEjEQMA4GA1UECgwHbm8gbmFtZTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABBPFL/CK1mQqcKUkjEijKJTTR6M43/Ruh0MkFtwBLjw/937dgLJMuut3uyEfrBGrmfxYe6fH91KHFAB6beXajx2jUzBRMB0GA1UdDgQWBBRz6YqQ1F6zie2K8rATOIgUqn38OTAfBgNVHSMEGDAWgBRz6YqQ1F6zie2K8rATOIgUqn38OTAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCIFJu73aKv6zW9DFbM+LH6XiJ5HycLjI9bKEhxBU+79tWAiEA7nMuSjfFW+OnMnohRqH1WANC95OssAv04wh55G0B4X0=',
  BMP: 'MIIBOjCB4QIUMmJRn+Cf8S53iKAecP4RTqejW+IwCgYIKoZIzj0EAwIwHzEdMBsGA1UEAx4UAGsAdQBiAGUAcgBuAGUAdABlAHMwIBcNMjYxMTIzMDgzODI4WhgPMjEyNjEwMzAwODM4MjhaMB8xHTAbBgNVBAMeFABrAHUAYgBlAHIAbgBlAHQAZQBzMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEcB2UJHUrEaRXXRSOZi56C0jvjeOow2pu94aF6XTeT1cC5BAOBQkp6Iup8CX5BemtbYaUqC2DQosXqSQwzOuq1TAKBggqhkjOPQQDAgNIADBFAiBnVtbnAI7XPY3aOc48JZYwOueBt/5KxF/BvCNNTjYQYwIhAOZxYdxv9nNMfKYqHOy4ToutTPg6/ZJ69m/Nc1uz1JXR',
  V1: 'MIIBHzCBxwIUV26hLlOQG+Wf/3VRZnENk1QdvE8wCgYIKoZIzj0EAwIwEjEQMA4GA1UEAwwHa3ViZS1jYTAgFw0yNjExMjMwODM5MjBaGA8yMTI2MTAzMDA4MzkyMFowEjEQMA4GA1UEAwwHa3ViZS1jYTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABFP2NYZ+UemkG0qIaEvcyt+fz5NmrB+sRxJjZphMPH1Qxcqnq5BQADV1aKKcB24KLW4A8Ooa0mKNAa6N4ke9vmgwCgYIKoZIzj0EAwIDRwAwRAIgOExt5qUaX4FqPtvnA07/Md6xuTSwNugcyKhUm7JWSe8CIBpb6RhIKkkogIpzmIWRjOI3Wb159XrO5Fe7jXeLxam+',
};

/** Made with `openssl req -x509` and `openssl req -new`; names and dates are what openssl says of them. */
const MASTERS =
  'MIIByjCCAXGgAwIBAgIULNZgJHypaMhSL2Q4xlCvdZaJiF8wCgYIKoZIzj0EAwIwOjEXMBUGA1UECgwOc3lzdGVtOm1hc3RlcnMxHzAdBgNVBAMMFmt1YmVybmV0ZXMtc3VwZXItYWRtaW4wIBcNMjYxMTIzMTM0MjAwWhgPMjEyNjEwMzAxMzQyMDBaMDoxFzAVBgNVBAoMDnN5c3RlbTptYXN0ZXJzMR8wHQYDVQQDDBZrdWJlcm5ldGVzLXN1cGVyLWFkbWluMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAENUyn/1YH9JTm4Fy9hzAnINZFvZkG99CZXjr+P1nPOGa8QfhYt+RtF4UMTJZkZoKmQW1YJtwfL9Cg2JiyHUNNqaNTMFEwHQYDVR0OBBYEFOQcqCi3U1K/WSWt8K+iRwk7WcuJMB8GA1UdIwQYMBaAFOQcqCi3U1K/WSWt8K+iRwk7WcuJMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDRwAwRAIgNxKIOkgRBfHjfqC8DHpcbltvYx9kIXW0Wca+8Xyf+DQCIBe5i6LhAtBvUJGF9ffFAIty9oLBO5Rdkw1eNnEo8Ibg';
const TWO_GROUPS =
  'MIIB7jCCAZWgAwIBAgIUN6I+x7mDrIR6CKqWHI2qedcBs6cwCgYIKoZIzj0EAwIwTTEfMB0GA1UECgwWa3ViZWFkbTpjbHVzdGVyLWFkbWluczEPMA0GA1UECgwGc2Vjb25kMRkwFwYDVQQDDBBrdWJlcm5ldGVzLWFkbWluMB4XDTI2MTEyMzEzNDIwMFoXDTI3MTEyMzEzNDIwMFowTTEfMB0GA1UECgwWa3ViZWFkbTpjbHVzdGVyLWFkbWluczEPMA0GA1UECgwGc2Vjb25kMRkwFwYDVQQDDBBrdWJlcm5ldGVzLWFkbWluMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAENUyn/1YH9JTm4Fy9hzAnINZFvZkG99CZXjr+P1nPOGa8QfhYt+RtF4UMTJZkZoKmQW1YJtwfL9Cg2JiyHUNNqaNTMFEwHQYDVR0OBBYEFOQcqCi3U1K/WSWt8K+iRwk7WcuJMB8GA1UdIwQYMBaAFOQcqCi3U1K/WSWt8K+iRwk7WcuJMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDRwAwRAIgHOo0yZD0ePgDBUp6Oa5QfwDiUzI89x4ILyf/B5h2yv8CIHQFcEGbcg1dXd26Ys/JdDLALmG3XxxxPWPVPgt8qSzE';
const REQUEST =
  'MIHiMIGJAgEAMCcxFzAVBgNVBAoMDnN5c3RlbTptYXN0ZXJzMQwwCgYDVQQDDANldmUwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQ1TKf/Vgf0lObgXL2HMCcg1kW9mQb30JleOv4/Wc84ZrxB+Fi35G0XhQxMlmRmgqZBbVgm3B8v0KDYmLIdQ02poAAwCgYIKoZIzj0EAwIDSAAwRQIgUHR2P8EMWiDe/7kuxkuOmwZQhadeffSi05g88XCtF5UCIQCrYvhLxMQDGJOpIJVUzNuF1SEZmo2fv4KmOxsILUZgMw==';

describe('the subject of a certificate', () => {
  test('is the user, its groups and how long they last', () => {
    expect(certificateSubject(MASTERS)).toEqual({
      commonName: 'kubernetes-super-admin',
      organizations: ['system:masters'],
      notAfter: new Date('2126-10-30T13:42:00Z'),
    });
    expect(certificateSubject(TWO_GROUPS)).toEqual({
      commonName: 'kubernetes-admin',
      organizations: ['kubeadm:cluster-admins', 'second'],
      notAfter: new Date('2027-11-23T13:42:00Z'),
    });
  });

  test('is what a request asks for', () => {
    expect(requestSubject(REQUEST)).toEqual({
      commonName: 'eve',
      organizations: ['system:masters'],
      notAfter: undefined,
    });
    expect(requestSubject('Z2FyYmFnZQ==')).toBeUndefined();
    expect(requestSubject(MASTERS)?.organizations ?? []).toEqual([]);
  });

  test('is read from the first request of a text', () => {
    const pem = (label: string) => `-----BEGIN ${label}-----\n${REQUEST}\n-----END ${label}-----\n`;
    expect(pemRequest(`\n${pem('CERTIFICATE REQUEST')}`)).toBe(REQUEST);
    expect(pemRequest(pem('NEW CERTIFICATE REQUEST'))).toBe(REQUEST);
    expect(pemRequest(pem('CERTIFICATE'))).toBeUndefined();
  });
});

describe('the common name of a subject', () => {
  test.each([
    ['a name alone', CERTIFICATES.PLAIN, 'kubernetes'],
    ['an organisation after the name', CERTIFICATES.ORGANISATION, 'shop webhook CA'],
    ['the last of two names, in UTF-8', CERTIFICATES.TWO, '服务 CA'],
    ['a subject without a name', CERTIFICATES.NONE, undefined],
    ['a BMPString', CERTIFICATES.BMP, 'kubernetes'],
    ['a certificate of version 1, which does not state it', CERTIFICATES.V1, 'kube-ca'],
    ['no certificate', 'Z2FyYmFnZQ==', undefined],
    ['no base64', '%%%', undefined],
    ['nothing', '', undefined],
  ])('%s', (_, certificate, name) => {
    expect(subjectCommonName(certificate)).toBe(name);
  });

  test('is read from any damaged certificate without an exception', () => {
    const seed = 20260923;
    let state = seed;
    const random = (below: number) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state % below;
    };
    const der = atob(CERTIFICATES.TWO);
    for (let round = 0; round < 2000; round++) {
      const bytes = [...der].map((character) => character.charCodeAt(0));
      for (let i = random(4); i >= 0; i--) bytes[random(bytes.length)] = random(256);
      const damaged = String.fromCharCode(...bytes.slice(0, 1 + random(bytes.length)));
      expect(() => subjectCommonName(btoa(damaged)), `seed ${seed}, round ${round}`).not.toThrow();
    }
  });
});

describe('the certificates of a PEM text', () => {
  const pem = (body: string) =>
    `-----BEGIN CERTIFICATE-----\n${body.replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;

  test('come without their line breaks, in their order', () => {
    const text = `# comment\r\n${pem(CERTIFICATES.PLAIN).replaceAll('\n', '\r\n')}${pem(CERTIFICATES.V1)}`;
    expect(pemCertificates(text)).toEqual([CERTIFICATES.PLAIN, CERTIFICATES.V1]);
  });

  test('are none where a key or an unfinished block stands', () => {
    expect(pemCertificates(pem(CERTIFICATES.PLAIN).replaceAll('CERTIFICATE', 'PRIVATE KEY'))).toEqual([]);
    expect(pemCertificates('-----BEGIN CERTIFICATE-----\nMIIB')).toEqual([]);
  });

  test('are found in linear time among blocks that never end', () => {
    const start = Date.now();
    pemCertificates('-----BEGIN CERTIFICATE-----\n'.repeat(100_000));
    expect(Date.now() - start).toBeLessThan(2000);
  });
});
