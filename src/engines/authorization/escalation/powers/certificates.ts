import { type Commands, inCluster, type Need, type Power } from '../power.ts';
import { patch, put, read } from './requests.ts';

const PRACTICES = 'https://kubernetes.io/docs/concepts/security/rbac-good-practices/';
const CERTIFICATES = 'certificates.k8s.io';
const CLIENT = 'kubernetes.io/kube-apiserver-client';
const KUBELET_CLIENT = 'kubernetes.io/kube-apiserver-client-kubelet';

const requests = [inCluster(CERTIFICATES, ['certificatesigningrequests'], ['create'])];
const approval = [inCluster(CERTIFICATES, ['certificatesigningrequests/approval'], ['update', 'patch'])];
const approves = (signer: string): Need[] => [
  inCluster(CERTIFICATES, ['signers'], ['approve'], { names: [signer, 'kubernetes.io/*'] }),
];

const CSR_LIST = `/apis/${CERTIFICATES}/v1/certificatesigningrequests`;
/** What signers for clients ask for: pkg/apis/certificates/helpers.go; a key without RSA encrypts nothing. */
const CSR =
  'jq -n --rawfile csr request.csr \'{apiVersion:"certificates.k8s.io/v1",kind:"CertificateSigningRequest",metadata:{name:"probe"},spec:{request:($csr|@base64),signerName:"$SIGNER",usages:["digital signature","client auth"]}}\' | kubectl create -f -';
const request = (subject: string, signer: string) => [
  `openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout request.key -subj '${subject}' -out request.csr`,
  CSR.replace('$SIGNER', signer),
];
const approved =
  (subject: string, signer: string): Commands =>
  ([, approval]) => {
    const path = `${CSR_LIST}/probe/approval`;
    const status =
      '"status":{"conditions":[{"type":"Approved","status":"True","reason":"probe","message":"probe"}]}';
    const approve =
      approval?.verb === 'patch'
        ? patch(path, 'merge', `{${status}}`)
        : put(
            path,
            `{"apiVersion":"${CERTIFICATES}/v1","kind":"CertificateSigningRequest","metadata":{"name":"probe"},${status}}`,
          );
    // Once the signer has signed, the answer to the same request has the certificate.
    return [
      ...request(subject, signer),
      approve,
      `${approve} | jq -r .status.certificate | base64 -d > probe.crt`,
    ];
  };
const bootstrapped: Commands = ([, , reading]) => {
  const certificate = "jsonpath='{.status.certificate}' | base64 -d > probe.crt";
  return [
    ...request('/O=system:nodes/CN=system:node:$NODE', KUBELET_CLIENT),
    read(reading!, {
      get: `kubectl get csr probe -o ${certificate}`,
      list: `kubectl get csr --field-selector metadata.name=probe -o ${certificate.replace('.status', '.items[0].status')}`,
      path: `${CSR_LIST}/probe`,
    }),
  ];
};

/** Becoming whomever a certificate names. */
export const CERTIFICATE_POWERS = [
  {
    id: 'sign-client-certificate',
    needs: [requests, approval, approves(CLIENT)],
    gives: 'certificates',
    certainty: 'proven',
    commands: {
      user: approved('/CN=$USER', CLIENT),
      group: approved('/CN=probe/O=$GROUP', CLIENT),
      kubelet: approved('/O=system:nodes/CN=system:node:$NODE', CLIENT),
    },
    source: `${PRACTICES}#csrs-and-certificate-issuing`,
  },
  {
    id: 'sign-node-certificate',
    needs: [requests, approval, approves(KUBELET_CLIENT)],
    gives: 'kubelets',
    certainty: 'proven',
    commands: { kubelet: approved('/O=system:nodes/CN=system:node:$NODE', KUBELET_CLIENT) },
    source: `${PRACTICES}#csrs-and-certificate-issuing`,
  },
  {
    id: 'bootstrap-node-certificate',
    // The controller manager approves by itself what this right stands for: pkg/controller/certificates/approver/sarapprove.go.
    needs: [
      requests,
      [inCluster(CERTIFICATES, ['certificatesigningrequests/nodeclient'], ['create'])],
      [inCluster(CERTIFICATES, ['certificatesigningrequests'], ['get', 'list', 'watch', 'patch'])],
    ],
    gives: 'kubelets',
    certainty: 'proven',
    commands: { kubelet: bootstrapped },
    source: 'https://kubernetes.io/docs/reference/access-authn-authz/kubelet-tls-bootstrapping/',
  },
  {
    id: 'sign-certificates',
    needs: [
      [inCluster(CERTIFICATES, ['signers'], ['sign', 'approve'])],
      [
        inCluster(
          CERTIFICATES,
          ['certificatesigningrequests/status', 'certificatesigningrequests/approval'],
          ['update', 'patch'],
        ),
      ],
    ],
    gives: { effect: 'tampering' },
    certainty: 'possible',
    commands: { target: ['kubectl certificate approve <request>'] },
    source: `${PRACTICES}#csrs-and-certificate-issuing`,
  },
  {
    id: 'trust-bundles',
    needs: [
      [
        inCluster(CERTIFICATES, ['clustertrustbundles'], ['create', 'update', 'patch']),
        inCluster(CERTIFICATES, ['signers'], ['attest']),
      ],
    ],
    gives: { effect: 'interception' },
    certainty: 'possible',
    commands: { target: ['kubectl edit clustertrustbundle <name>'] },
    source: 'KEP-3257, trust anchor sets',
  },
] as const satisfies readonly Power[];
