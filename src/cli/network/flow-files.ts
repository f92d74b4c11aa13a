import { FlowLineReader, FlowLog, IRRELEVANT, UNKNOWN } from '../../engines/network/index.ts';
import type { Context } from '../context.ts';
import { readJsonLines } from '../json-lines.ts';
import { UsageError } from '../usage-error.ts';

/** Lines that are named. */
const NAMED = 5;

export interface ReadFlows {
  readonly log: FlowLog;
  readonly files: readonly string[];
  readonly unknown: number;
  /** The first of the lines that are not understood, as `FILE:LINE`. */
  readonly places: readonly string[];
}

/** Reads flow logs line by line. */
export async function readFlows(
  { terminal }: Context,
  files: readonly string[],
  paths: readonly string[],
  includeDropped: boolean,
): Promise<ReadFlows> {
  if ([...files, ...paths].filter((file) => file === '-').length > 1) {
    throw new UsageError((words) => words.networkGenerate.twoFromStdin());
  }
  const log = new FlowLog();
  const places: string[] = [];
  let unknown = 0;
  for (const file of files) {
    const reader = new FlowLineReader();
    let line = 0;
    for await (const text of readJsonLines(file, terminal)) {
      line++;
      const read = text === undefined ? UNKNOWN : reader.read(text);
      log.lines++;
      if (read === UNKNOWN) {
        unknown++;
        if (places.length < NAMED) places.push(`${file}:${line}`);
      } else if (read === IRRELEVANT) log.irrelevant++;
      else log.add(read, file, includeDropped);
    }
  }
  return { log, files, unknown, places };
}
