import { isObject, type JsonObject } from '../../../../kubernetes/json.ts';
import { isCalico, readCalico } from './calico.ts';
import { isEnvoy, readEnvoy } from './envoy.ts';
import { IRRELEVANT, type ReadLine, UNKNOWN } from './flow-log.ts';
import { isHubble, readHubble } from './hubble.ts';
import { isGoogle, readGoogle, VpcReader } from './vpc.ts';

/** Reads the lines of one file, of whatever kind each is. */
export class FlowLineReader {
  readonly #vpc = new VpcReader();
  #isFirst = true;

  read(line: string): ReadLine {
    const text = line.trim();
    if (text === '' || text.startsWith('#')) return IRRELEVANT;
    const isFirst = this.#isFirst;
    this.#isFirst = false;
    if (!text.startsWith('{')) return this.#vpc.read(text, isFirst);
    const object = parse(text);
    return object === undefined ? UNKNOWN : readObject(object);
  }
}

function parse(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function readObject(object: JsonObject): ReadLine {
  if (isHubble(object)) return readHubble(object);
  if (isGoogle(object)) return readGoogle(object);
  if (isEnvoy(object)) return readEnvoy(object);
  if (isCalico(object)) return readCalico(object);
  // `hubble observe` also tells of nodes and of lost events.
  return object['node_status'] !== undefined || object['lost_events'] !== undefined ? IRRELEVANT : UNKNOWN;
}
