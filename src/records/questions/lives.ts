import type { Entry } from './entry.ts';

/** One object of a name: from its creation to its deletion. */
export interface Life {
  /** As the records call it. */
  readonly cluster: string;
  /** Empty where no record tells it. */
  readonly uid: string;
  /** Microseconds; undefined where the records do not show it. */
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly entries: readonly string[];
}

/**
 * Objects that had one name one after the other: a creation begins a life, and so does another uid.
 * @param entries about the object itself, by time
 * @param uidOf the uid that an entry tells of, where it tells one
 */
export function livesOf(entries: readonly Entry[], uidOf: (entry: Entry) => string | undefined): Life[] {
  const lives: {
    cluster: string;
    uid: string;
    from: number | undefined;
    to: number | undefined;
    entries: string[];
  }[] = [];
  for (const entry of entries) {
    let life = lives.at(-1);
    const uid = uidOf(entry) ?? '';
    const isBirth = entry.verb === 'create' && entry.object?.subresource === '' && entry.outcome === 'done';
    const isOther = life !== undefined && uid !== '' && life.uid !== '' && uid !== life.uid;
    // Refusals and questions between two lives belong to neither; they are told with the one before.
    if (life === undefined || isBirth || isOther) {
      life = {
        cluster: entry.cluster,
        uid,
        from: isBirth ? entry.time : undefined,
        to: undefined,
        entries: [],
      };
      lives.push(life);
    }
    if (life.uid === '') life.uid = uid;
    life.entries.push(entry.id);
    if (entry.verb === 'delete' && entry.object?.subresource === '' && entry.outcome === 'done')
      life.to = entry.time;
  }
  return lives;
}
