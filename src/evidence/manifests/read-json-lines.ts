import type { ByteSource } from './byte-source.ts';
import type { ReadLimits } from './evidence.ts';
import type { FileDocuments } from './file-documents.ts';
import { JsonReader, reportJsonBreak } from './read-json.ts';

const FIRST_LINE_BYTES = 1024 * 1024;

/** JSON lines, each for itself, so that a broken line costs only itself. False, with nothing read, where the first line is no JSON. */
export function readJsonLines(source: ByteSource, documents: FileDocuments, limits: ReadLimits): boolean {
  if (!beginsWithLine(source)) return false;
  let offset = 0;
  let line = 1;
  let reader = new JsonReader(source, documents, limits, { offset, line });
  const finishLine = () => {
    const found = reader.end();
    if (found) reportJsonBreak(found, source, documents);
  };
  for (const chunk of source.chunks(0)) {
    for (let at = 0; at < chunk.length; ) {
      const newline = chunk.indexOf(0x0a, at);
      const end = newline < 0 ? chunk.length : newline;
      reader.push(chunk.subarray(at, end));
      offset += end - at;
      at = end;
      if (newline < 0) continue;
      finishLine();
      at++;
      offset++;
      line++;
      reader = new JsonReader(source, documents, limits, { offset, line });
    }
  }
  finishLine();
  return true;
}

function beginsWithLine(source: ByteSource): boolean {
  const head = Buffer.from(source.slice(0, FIRST_LINE_BYTES)).toString('utf8').trimStart();
  const newline = head.indexOf('\n');
  if (newline < 0) return head.startsWith('{') && source.size > FIRST_LINE_BYTES;
  try {
    JSON.parse(head.slice(0, newline));
    return true;
  } catch {
    return false;
  }
}
