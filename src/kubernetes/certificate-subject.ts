/** Longer than any bundle of certificate authorities that an API object can hold; nothing beyond is read. */
const LONGEST_TEXT = 1 << 20;
const PEM =
  /-----BEGIN (?:TRUSTED )?CERTIFICATE-----([A-Za-z0-9+/=\s]*)-----END (?:TRUSTED )?CERTIFICATE-----/g;

/** The certificates of a PEM text (RFC 7468), each as the base64 of its DER without white space, fit for comparison. */
export function pemCertificates(text: string): string[] {
  return [...text.slice(0, LONGEST_TEXT).matchAll(PEM)].map(([, body = '']) => body.replace(/\s+/g, ''));
}

/** Bytes that base64 (RFC 4648) stands for, one character each; undefined where it is none. */
export function decodeBase64(text: string): string | undefined {
  try {
    return atob(text);
  } catch {
    return undefined;
  }
}

interface Element {
  readonly tag: number;
  readonly start: number;
  readonly end: number;
}

const SEQUENCE = 0x30;
const VERSION = 0xa0;
/** 2.5.4.3, id-at-commonName (RFC 5280 appendix A.1). */
const COMMON_NAME = '\x55\x04\x03';
const BMP_STRING = 0x1e;

/**
 * The common name of a certificate's subject (RFC 5280 section 4.1.2.6), given the base64 of its DER; the last one where several are
 * stated, as Go's pkix.Name reads it. Undefined where there is none or the text is no certificate; never throws.
 */
export function subjectCommonName(base64: string): string | undefined {
  const der = decodeBase64(base64);
  if (der === undefined) return undefined;
  const certificate = readElement(der, 0, der.length);
  if (certificate?.tag !== SEQUENCE) return undefined;
  const toBeSigned = readElement(der, certificate.start, certificate.end);
  if (toBeSigned?.tag !== SEQUENCE) return undefined;
  const fields = children(der, toBeSigned);
  // version (optional), serialNumber, signature, issuer, validity, subject
  const subject = fields[fields[0]?.tag === VERSION ? 5 : 4];
  if (subject?.tag !== SEQUENCE) return undefined;
  let name: string | undefined;
  for (const relativeName of children(der, subject)) {
    for (const attribute of children(der, relativeName)) {
      const [type, value] = children(der, attribute);
      if (type === undefined || value === undefined) continue;
      if (der.slice(type.start, type.end) === COMMON_NAME) name = text(der, value);
    }
  }
  return name;
}

/** The element that begins at `offset`, if it ends before `limit`. */
function readElement(der: string, offset: number, limit: number): Element | undefined {
  if (offset + 2 > limit) return undefined;
  const tag = der.charCodeAt(offset);
  const first = der.charCodeAt(offset + 1);
  let start = offset + 2;
  let length = first;
  if (first >= 0x80) {
    const count = first & 0x7f;
    if (count === 0 || count > 4 || start + count > limit) return undefined;
    length = 0;
    for (let i = 0; i < count; i++) length = length * 256 + der.charCodeAt(start + i);
    start += count;
  }
  return start + length > limit ? undefined : { tag, start, end: start + length };
}

function children(der: string, parent: Element): Element[] {
  const found: Element[] = [];
  let offset = parent.start;
  while (offset < parent.end) {
    const element = readElement(der, offset, parent.end);
    if (element === undefined) break;
    found.push(element);
    offset = element.end;
  }
  return found;
}

function text(der: string, value: Element): string {
  const bytes = Uint8Array.from(der.slice(value.start, value.end), (character) => character.charCodeAt(0));
  if (value.tag !== BMP_STRING) return new TextDecoder('utf-8').decode(bytes);
  let decoded = '';
  for (let i = 0; i + 1 < bytes.length; i += 2)
    decoded += String.fromCharCode(bytes[i]! * 256 + bytes[i + 1]!);
  return decoded;
}
