import { describe, expect, it } from 'vitest';
import { BOOTSTRAP_OBJECTS } from '../../src/engines/authorization/bootstrap.ts';
import { hasGo } from './build-oracle.ts';
import { askOracle } from './oracle.ts';

describe.skipIf(!hasGo())('the roles and bindings that every API server creates', () => {
  it('are those of upstream', async () => {
    const [fresh] = await askOracle<object, unknown>('bootstrap', [{}]);
    expect(BOOTSTRAP_OBJECTS).toEqual(fresh);
  });
});
