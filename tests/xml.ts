/**
 * Says what is wrong with a document by the grammar of XML 1.0, as far as a picture needs it: one root, elements that close in their
 * order, attributes in quotation marks and never twice, no bare `<` or `&`, only characters of production [2]. Undefined where
 * nothing is.
 */
export function faultOf(document: string): string | undefined {
  if (/[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.test(document))
    return 'a character that XML does not have';
  const open: string[] = [];
  let roots = 0;
  let rest = document.replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n/, '');
  while (rest !== '') {
    const text = /^[^<]+/.exec(rest)?.[0];
    if (text !== undefined) {
      if (/&(?!#\d+;|amp;|lt;|gt;|quot;)/.test(text)) return `a bare & in ${text}`;
      if (text.includes(']]>')) return ']]> in text';
      if (open.length === 0 && text.trim() !== '') return `text outside of the root: ${text}`;
      rest = rest.slice(text.length);
      continue;
    }
    const tag = /^<(\/?)([A-Za-z][\w-]*)((?:\s+[A-Za-z][\w:-]*="[^"<]*")*)\s*(\/?)>/.exec(rest);
    if (tag === null) return `no tag: ${rest.slice(0, 80)}`;
    const [whole, closes, name = '', attributes = '', isEmpty] = tag;
    const names = [...attributes.matchAll(/([\w:-]+)="([^"]*)"/g)];
    if (new Set(names.map(([, each]) => each)).size !== names.length) return `an attribute twice: ${whole}`;
    if (names.some(([, , value = '']) => /&(?!#\d+;|amp;|lt;|gt;|quot;)/.test(value)))
      return `a bare & in ${whole}`;
    if (closes === '/') {
      if (open.pop() !== name || attributes !== '') return `${whole} closes something else`;
    } else {
      if (open.length === 0) roots++;
      if (isEmpty === '') open.push(name);
    }
    rest = rest.slice(whole.length);
  }
  if (open.length > 0) return `${open.join()} not closed`;
  return roots === 1 ? undefined : `${roots} roots`;
}
