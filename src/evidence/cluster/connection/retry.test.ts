import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { Random } from '../../../../tests/differential/random.ts';
import { KubeStrideError } from '../../../kubernetes/errors.ts';
import { ApiError } from '../client.ts';
import { Retries } from './retry.ts';
import { Bench, json, status, TestClock } from './test-api-server.ts';

let bench: Bench;
beforeAll(async () => {
  bench = new Bench();
  await bench.server.listen();
});
beforeEach(() => bench.reset());
afterAll(() => bench.close());

const PATH = { path: '/api/v1/pods' };

function client() {
  return bench.connect(bench.kubeconfig({ token: 'sesame' }));
}

test.each([429, 500, 502, 503, 504])('%i is tried again, with growing waits', async (code) => {
  let failures = 3;
  bench.server.handler = (_, response) =>
    failures-- > 0 ? json(response, code, status(code, 'x')) : json(response, 200, { ok: true });
  await expect((await client()).getJson(PATH)).resolves.toEqual({ ok: true });
  // Chance is 0.5: three quarters of 500, 1000 and 2000 ms.
  expect(bench.clock.slept).toEqual([375, 750, 1500]);
});

test.each([400, 401, 403, 404, 405, 406, 409, 410])('%i is not', async (code) => {
  bench.server.handler = (_, response) => json(response, code, status(code, 'Reason'));
  const error: unknown = await (await client())
    .getJson({ ...PATH, anonymous: true })
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ApiError);
  expect(error).toMatchObject({ status: code, reason: 'Reason', message: `message of ${code}` });
  expect(bench.server.seen).toHaveLength(1);
});

test('at most five attempts; the last answer is the error', async () => {
  bench.server.handler = (_, response) => json(response, 503, status(503, 'ServiceUnavailable'));
  await expect((await client()).getJson(PATH)).rejects.toMatchObject({
    status: 503,
    reason: 'ServiceUnavailable',
  });
  expect(bench.server.seen).toHaveLength(5);
});

test('Retry-After in seconds or as a date is waited for, unless that takes too long', async () => {
  const after = async (header: string) => {
    bench.reset();
    let failures = 1;
    bench.server.handler = (_, response) =>
      failures-- > 0
        ? json(response, 429, status(429, 'TooManyRequests'), { 'retry-after': header })
        : json(response, 200, { ok: true });
    const outcome = await (await client()).getJson(PATH).then(
      () => 'ok',
      (error: ApiError) => error.status,
    );
    return [outcome, bench.clock.slept];
  };
  expect(await after('7')).toEqual(['ok', [7_000]]);
  expect(await after('31')).toEqual([429, []]);
  expect(await after('nonsense')).toEqual(['ok', [375]]);
  bench.clock.time = Date.UTC(2026, 0, 1);
  expect(await after('Thu, 01 Jan 2026 00:00:09 GMT')).toEqual(['ok', [9_000]]);
});

test('an answer without a Status object: its first line', async () => {
  bench.server.handler = (_, response) => {
    response.writeHead(404, { 'content-type': 'text/plain' });
    response.end('404 page not found\n');
  };
  await expect((await client()).getJson(PATH)).rejects.toMatchObject({
    status: 404,
    reason: '',
    message: '404 page not found',
    body: undefined,
  });
});

const ERROR_503 = new ApiError(503, 'ServiceUnavailable', 'x');
const OK = { value: 1 };

async function outcome(
  retries: Retries,
  attempt: () => Promise<typeof OK | { error: Error }>,
): Promise<unknown> {
  return retries.run(attempt).catch((error: unknown) => error);
}

test('a storm of 5xx over 500 requests, one after the other, takes seconds and few attempts', async () => {
  const clock = new TestClock();
  const start = clock.now();
  const retries = new Retries(clock);
  let attempts = 0;
  for (let n = 0; n < 500; n++) {
    const error = await outcome(retries, async () => {
      attempts++;
      clock.time += 20;
      return { error: ERROR_503 };
    });
    expect(error).toBe(ERROR_503);
  }
  expect(attempts).toBeLessThan(1_000);
  expect(clock.now() - start).toBeLessThan(60_000);
});

test('a server that lets every request wait for a minute is given up after a few', async () => {
  const clock = new TestClock();
  const start = clock.now();
  const retries = new Retries(clock);
  const slow = new KubeStrideError('server-too-slow');
  for (let n = 0; n < 500; n++) {
    const error = await outcome(retries, async () => {
      clock.time += 60_000;
      return { error: slow };
    });
    expect(error).toBe(slow);
  }
  expect(clock.now() - start).toBeLessThanOrEqual(6 * 60_000);
});

test('after an outage one attempt every ten seconds finds out that the server is back', async () => {
  const clock = new TestClock();
  const retries = new Retries(clock);
  let attempts = 0;
  const failing = async () => {
    attempts++;
    clock.time += 7_000;
    return { error: ERROR_503 };
  };
  for (let n = 0; n < 10; n++) await outcome(retries, failing);
  const before = attempts;
  await outcome(retries, failing);
  expect(attempts).toBe(before);
  clock.time += 10_000;
  expect(await outcome(retries, async () => OK)).toBe(1);
  expect(await outcome(retries, async () => OK)).toBe(1);
});

test('where a third of all answers is 503 nothing is lost (seeded)', async () => {
  const seed = 20261123;
  const random = new Random(seed);
  const retries = new Retries(new TestClock());
  let lost = 0;
  for (let n = 0; n < 1_000; n++) {
    const result = await outcome(retries, async () => (random.next() < 1 / 3 ? { error: ERROR_503 } : OK));
    if (result !== 1) lost++;
  }
  // Five failures in a row: one of 243.
  expect(lost, `seed ${seed}`).toBeLessThan(10);
});

test('a refused connection is only tried again by who has been answered before', async () => {
  const retries = new Retries(new TestClock());
  const refused = { error: new KubeStrideError('server-refuses-connection') };
  let attempts = 0;
  const failing = async () => {
    attempts++;
    return refused;
  };
  await outcome(retries, failing);
  expect(attempts).toBe(1);
  await outcome(retries, async () => OK);
  await outcome(retries, failing);
  expect(attempts).toBe(6);
});

test('forbidden lists do not count as an outage', async () => {
  const clock = new TestClock();
  const retries = new Retries(clock);
  for (let n = 0; n < 50; n++) {
    await outcome(retries, async () => {
      clock.time += 5_000;
      return { error: new ApiError(403, 'Forbidden', 'x') };
    });
  }
  expect(await outcome(retries, async () => OK)).toBe(1);
});
