import { defineCheck } from '../../define-check.ts';
import { judgeRole } from '../../judge-role.ts';

const write = ['create', 'update', 'patch'];
const POWERS = [
  {
    // What nobody but controllers writes, and no admission plugin looks at (CVE-2020-8554, CVE-2021-25740).
    wanted: [
      { group: '', resources: ['services/status'], verbs: ['update', 'patch'] },
      { group: '', resources: ['endpoints'], verbs: write },
      { group: 'discovery.k8s.io', resources: ['endpointslices'], verbs: write },
    ],
    severity: { cluster: 'medium', unbound: 'low', namespace: 'low' },
  },
  {
    wanted: [
      { group: '', resources: ['pods/status'], verbs: ['update', 'patch'] },
      { group: '', resources: ['services'], verbs: write },
      { group: 'networking.k8s.io', resources: ['ingresses'], verbs: write },
      {
        group: 'gateway.networking.k8s.io',
        resources: ['gateways', 'grpcroutes', 'httproutes'],
        verbs: write,
      },
      { group: 'networking.istio.io', resources: ['virtualservices', 'serviceentries'], verbs: write },
    ],
    severity: { cluster: 'low', unbound: 'info' },
  },
] as const;

export default defineCheck({
  id: 'rbac-redirect-traffic',
  threat: 'tampering',
  severity: 'medium',
  confidence: 'high',
  subject: 'role',
  frameworks: { nsa: ['Authentication and authorization'], mitre: ['T1557'], owasp: ['K03'] },
  equivalents: {
    trivy: ['KSV-0056'],
    'rbac-police': ['modify_pod_status', 'modify_service_status_cve_2020_8554'],
  },
  messages: { bound: ['verbs', 'resources', 'seen'], unbound: ['verbs', 'resources'] },
  fix: 'none',
  evaluate: (role, cluster) => judgeRole(role, cluster, POWERS),
});
