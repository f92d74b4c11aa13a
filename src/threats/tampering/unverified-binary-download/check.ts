import { unverifiedDownloads } from '../../../kubernetes/downloads.ts';
import { scriptsOf } from '../../../kubernetes/shell.ts';
import { defineCheck, failIfAny, notApplicable } from '../../define-check.ts';

export default defineCheck({
  id: 'unverified-binary-download',
  threat: 'tampering',
  severity: 'low',
  confidence: 'medium',
  subject: 'container',
  frameworks: { nsa: ['Kubernetes Pod security'], mitre: ['T1105', 'T1059.004'], owasp: ['K02'] },
  equivalents: {},
  messages: { piped: ['container', 'tool', 'target'], run: ['container', 'tool', 'target'] },
  fix: 'none',
  evaluate(container) {
    const scripts = scriptsOf(container);
    if (scripts.length === 0) return notApplicable;
    return failIfAny(
      scripts.flatMap(({ pipelines, path }) =>
        unverifiedDownloads(pipelines).map(({ how, tool, target }) => ({
          at: path,
          message: how,
          params: { container: container.name, tool, target },
        })),
      ),
    );
  },
});
