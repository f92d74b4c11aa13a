/** Longer than any bundle of certificate authorities that an API object can hold; nothing beyond is read. */
const LONGEST_TEXT = 1 << 20;
const PEM =
  /-----BEGIN (?:TRUSTED )?CERTIFICATE-----([A-Za-z0-9+/=\s]*)-----END (?:TRUSTED )?CERTIFICATE-----/g;
const PEM_REQUEST =
  /-----BEGIN (?:NEW )?CERTIFICATE REQUEST-----([A-Za-z0-9+/=\s]*)-----END (?:NEW )?CERTIFICATE REQUEST-----/;

/** The certificates of a PEM text (RFC 7468), each as the base64 of its DER without white space, fit for comparison. */
export function pemCertificates(text: string): string[] {
  return [...text.slice(0, LONGEST_TEXT).matchAll(PEM)].map(([, body = '']) => body.replace(/\s+/g, ''));
}

/** The first certification request of a PEM text, in the same form. */
export function pemRequest(text: string): string | undefined {
  return PEM_REQUEST.exec(text.slice(0, LONGEST_TEXT))?.[1]?.replace(/\s+/g, '');
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
/** 2.5.4.10, id-at-organizationName. */
const ORGANIZATION = '\x55\x04\x0a';
const BMP_STRING = 0x1e;
const UTC_TIME = 0x17;

/** Whom a certificate or a request for one names; for the API server the common name is the user, organisations are its groups. */
export interface CertificateSubject {
  /** The last one where several are stated, as Go's pkix.Name reads it. */
  readonly commonName: string | undefined;
  readonly organizations: readonly string[];
  /** Until when a certificate is valid; undefined for a request. */
  readonly notAfter: Date | undefined;
}

/**
 * The subject of a certificate (RFC 5280 section 4.1.2.6), given the base64 of its DER. Undefined where the text is no certificate;
 * never throws.
 */
export function certificateSubject(base64: string): CertificateSubject | undefined {
  const signed = signedPart(base64);
  if (signed === undefined) return undefined;
  const { der, fields } = signed;
  // version (optional), serialNumber, signature, issuer, validity, subject
  const first = fields[0]?.tag === VERSION ? 1 : 0;
  const [validity, subject] = [fields[first + 3], fields[first + 4]];
  if (validity?.tag !== SEQUENCE || subject?.tag !== SEQUENCE) return undefined;
  const [, notAfter] = children(der, validity);
  return { ...nameAttributes(der, subject), notAfter: notAfter && time(der, notAfter) };
}

/** The subject that a certification request asks for (PKCS #10, RFC 2986 section 4.1), given the base64 of its DER. */
export function requestSubject(base64: string): CertificateSubject | undefined {
  const signed = signedPart(base64);
  // version, subject
  const subject = signed?.fields[1];
  if (signed === undefined || subject?.tag !== SEQUENCE) return undefined;
  return { ...nameAttributes(signed.der, subject), notAfter: undefined };
}

/** `subject.commonName` of a certificate; undefined where there is none or the text is no certificate. */
export function subjectCommonName(base64: string): string | undefined {
  return certificateSubject(base64)?.commonName;
}

/** The fields of what is signed: a certificate and a request for one have the same frame. */
function signedPart(base64: string): { der: string; fields: Element[] } | undefined {
  const der = decodeBase64(base64);
  if (der === undefined) return undefined;
  const whole = readElement(der, 0, der.length);
  if (whole?.tag !== SEQUENCE) return undefined;
  const signed = readElement(der, whole.start, whole.end);
  return signed?.tag === SEQUENCE ? { der, fields: children(der, signed) } : undefined;
}

function nameAttributes(der: string, subject: Element): Omit<CertificateSubject, 'notAfter'> {
  let commonName: string | undefined;
  const organizations: string[] = [];
  for (const relativeName of children(der, subject)) {
    for (const attribute of children(der, relativeName)) {
      const [type, value] = children(der, attribute);
      if (type === undefined || value === undefined) continue;
      const id = der.slice(type.start, type.end);
      if (id === COMMON_NAME) commonName = text(der, value);
      else if (id === ORGANIZATION) organizations.push(text(der, value));
    }
  }
  return { commonName, organizations };
}

/** UTCTime and GeneralizedTime as RFC 5280 section 4.1.2.5 has them: in UTC, with seconds; two digits of a year below 50 are of this century. */
function time(der: string, { tag, start, end }: Element): Date | undefined {
  const written = der.slice(start, end);
  const digits =
    tag !== UTC_TIME ? written : (Number(written.slice(0, 2)) < 50 ? '20' : '19').concat(written);
  const match = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(digits);
  if (match === null) return undefined;
  const [year = 0, month = 0, ...rest] = match.slice(1).map(Number);
  const date = new Date(Date.UTC(year, month - 1, ...rest));
  return Number.isNaN(date.getTime()) ? undefined : date;
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
