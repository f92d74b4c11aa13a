import { expect, it } from 'vitest';
import { TestFolder } from './test-folder.ts';

const object = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: {
    name: 'a',
    annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}' },
    managedFields: [{ manager: 'kubectl', operation: 'Apply' }],
  },
  spec: {},
  status: { conditions: [] },
};

it.each([
  ['a.json', JSON.stringify(object)],
  ['a.yaml', `---\n${JSON.stringify(object)}\n`],
  ['list.json', JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [object] })],
  ['lines.jsonl', `${JSON.stringify(object)}\n`],
])('keeps whole objects of %s where that is asked for, and only there', async (name, text) => {
  const folder = new TestFolder({ [name]: text });
  const whole = await folder.read(['.'], { limits: { whole: true } });
  expect(whole.objects.map(({ raw }) => raw)).toEqual([object]);
  expect(whole.passedOver).toEqual([]);
  const pruned = await folder.read();
  expect(pruned.objects[0]?.raw).toEqual({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'a', annotations: {} },
    spec: {},
  });
});
