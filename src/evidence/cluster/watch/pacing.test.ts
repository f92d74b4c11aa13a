import { expect, test } from 'vitest';
import { backoff, Pacing } from './pacing.ts';
import { VirtualTime } from './test-virtual-time.ts';

const { signal } = new AbortController();
const nobody = () => {};

test('waits double with each failure, from 0.8 s to 30 s, half of it random', () => {
  const longest = [1, 2, 3, 4, 5, 6, 7, 100].map((failures) => backoff(failures, () => 1));
  expect(longest).toEqual([800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000]);
  expect(backoff(1, () => 0)).toBe(400);
});

test('requests that fail together are one failure', async () => {
  const time = new VirtualTime();
  const pacing = new Pacing(time, () => 1);
  const turns = await Promise.all(Array.from({ length: 50 }, () => pacing.turn(signal, nobody)));
  for (const turn of turns) turn?.failed('refused');
  let isNext = false;
  void pacing.turn(signal, nobody).then(() => {
    isNext = true;
  });
  await time.pass(799);
  expect(isNext).toBe(false);
  await time.pass(2);
  expect(isNext).toBe(true);
});

test('one asks for all: nobody else until it has an answer, everybody then', async () => {
  const time = new VirtualTime();
  const pacing = new Pacing(time, () => 1);
  pacing.suspect();
  const first = await pacing.turn(signal, nobody);
  let others = 0;
  const blocked: unknown[] = [];
  for (let i = 0; i < 10; i++) {
    void pacing.turn(signal, (error) => blocked.push(error)).then(() => others++);
  }
  await time.settle();
  expect(others).toBe(0);
  first?.failed('refused');
  await time.pass(900);
  expect(others).toBe(1);
  expect(blocked).toEqual(Array(10).fill('refused'));
});

test('a request that is given up lets the next one ask', async () => {
  const time = new VirtualTime();
  const pacing = new Pacing(time, () => 1);
  pacing.suspect();
  const controller = new AbortController();
  (await pacing.turn(signal, nobody))?.failed('refused');
  const given = pacing.turn(controller.signal, nobody);
  const next = pacing.turn(signal, nobody);
  await time.settle();
  controller.abort();
  expect(await given).toBeUndefined();
  await time.pass(900);
  expect(await next).toBeDefined();
});
