/**
 * The part of SARIF 2.1.0 (OASIS Standard, section 3, with the required properties that GitHub's "SARIF support for
 * code scanning" adds) that the report uses, closed: a property that is not listed here fails, as it does in the
 * official schema, whose objects allow no others either.
 */
const text = { type: 'string', minLength: 1 };
const closed = (required: string[], properties: Record<string, unknown>) => ({
  type: 'object',
  additionalProperties: false,
  required,
  properties,
});
const bag = { type: 'object' };
const position = { type: 'integer', minimum: 1 };
const level = { enum: ['none', 'note', 'warning', 'error'] };
const language = { type: 'string', pattern: '^[a-zA-Z]{2}(-[a-zA-Z]{2})?$' };
const message = closed(['text'], { text, markdown: text });
const description = closed(['text'], { text: { ...text, maxLength: 1024 } });
const artifactLocation = closed(['uri'], { uri: { ...text, pattern: '^[!-~]+$' }, uriBaseId: text });

const physicalLocation = (regionRequired: string[]) =>
  closed(['artifactLocation'], {
    artifactLocation,
    region: closed(regionRequired, {
      startLine: position,
      startColumn: position,
      endLine: position,
      endColumn: position,
    }),
  });

const rule = closed(['id', 'shortDescription', 'fullDescription', 'help', 'properties'], {
  id: text,
  name: { ...text, maxLength: 255 },
  shortDescription: description,
  fullDescription: description,
  help: message,
  defaultConfiguration: closed(['level'], { level }),
  properties: {
    type: 'object',
    required: ['tags', 'precision', 'security-severity'],
    properties: {
      tags: { type: 'array', uniqueItems: true, maxItems: 10, items: text },
      precision: { enum: ['very-high', 'high', 'medium', 'low'] },
      'security-severity': { type: 'string', pattern: '^\\d+\\.\\d+$' },
    },
  },
});

const result = closed(['ruleId', 'ruleIndex', 'level', 'message', 'locations', 'partialFingerprints'], {
  ruleId: text,
  ruleIndex: { type: 'integer', minimum: 0 },
  level,
  message: closed(['text'], { text }),
  locations: {
    type: 'array',
    minItems: 1,
    maxItems: 1,
    items: closed(['physicalLocation'], {
      physicalLocation: physicalLocation(['startLine', 'startColumn', 'endLine', 'endColumn']),
      logicalLocations: {
        type: 'array',
        items: closed(['fullyQualifiedName'], { fullyQualifiedName: text }),
      },
    }),
  },
  partialFingerprints: { type: 'object', additionalProperties: text, required: ['primaryLocationLineHash'] },
  properties: bag,
});

const notification = closed(['message', 'level'], {
  level,
  message: closed(['text'], { text }),
  descriptor: closed(['id'], { id: text }),
  associatedRule: closed(['id'], { id: text }),
  locations: {
    type: 'array',
    items: closed(['physicalLocation'], { physicalLocation: physicalLocation(['startLine']) }),
  },
});

export const SARIF = closed(['$schema', 'version', 'runs'], {
  $schema: { const: 'https://json.schemastore.org/sarif-2.1.0.json' },
  version: { const: '2.1.0' },
  runs: {
    type: 'array',
    minItems: 1,
    maxItems: 20,
    items: closed(['tool', 'results', 'invocations'], {
      tool: closed(['driver'], {
        driver: closed(['name', 'semanticVersion', 'rules'], {
          name: text,
          version: text,
          semanticVersion: text,
          language,
          rules: { type: 'array', maxItems: 25_000, uniqueItems: true, items: rule },
        }),
      }),
      language,
      columnKind: { enum: ['utf16CodeUnits', 'unicodeCodePoints'] },
      originalUriBaseIds: {
        type: 'object',
        additionalProperties: closed([], { uri: text, description: closed(['text'], { text }) }),
      },
      properties: bag,
      results: { type: 'array', maxItems: 25_000, items: result },
      invocations: {
        type: 'array',
        items: closed(['executionSuccessful'], {
          executionSuccessful: { type: 'boolean' },
          toolExecutionNotifications: { type: 'array', items: notification },
        }),
      },
    }),
  },
});
