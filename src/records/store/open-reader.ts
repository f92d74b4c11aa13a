import type { EventReader } from './event-store.ts';
import { LocalReader } from './local-reader.ts';
import { Snapshots } from './snapshot.ts';

/**
 * Opens a store to ask it. Nothing is locked, and nothing written.
 * @param store its folder
 * @throws KubeStrideError store-absent, store-foreign, store-unusable
 */
export async function openReader(store: string): Promise<EventReader> {
  const snapshots = new Snapshots(store);
  await snapshots.take();
  return new LocalReader(store, snapshots);
}
