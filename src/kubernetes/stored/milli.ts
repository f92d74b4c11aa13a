import type { JsonObject } from '../json.ts';
import { parseQuantity, Quantity } from '../quantity.ts';

const MILLI = -3;

/** Amounts of resources as the API server stores them: nothing finer than a thousandth, rounded away from zero (SetDefaults_ResourceList). */
export function roundedUp(resources: JsonObject): JsonObject {
  let result = resources;
  for (const [name, value] of Object.entries(resources)) {
    const quantity = parseQuantity(value);
    if (quantity === undefined || quantity.exponent >= MILLI) continue;
    const divisor = 10n ** BigInt(MILLI - quantity.exponent);
    const remainder = quantity.unscaled % divisor;
    if (remainder === 0n) continue;
    const whole = quantity.unscaled / divisor + (remainder > 0n ? 1n : -1n);
    if (result === resources) result = { ...resources };
    result[name] = new Quantity(whole, MILLI, quantity.format).toString();
  }
  return result;
}
