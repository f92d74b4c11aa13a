package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	certificatesv1 "k8s.io/api/certificates/v1"
	corev1 "k8s.io/api/core/v1"
	resourcev1 "k8s.io/api/resource/v1"
	storagev1 "k8s.io/api/storage/v1"
	"k8s.io/apiserver/pkg/authorization/authorizer"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/pkg/auth/authorizer/abac"
	"k8s.io/kubernetes/pkg/auth/nodeidentifier"
	"k8s.io/kubernetes/plugin/pkg/auth/authorizer/node"
	"k8s.io/kubernetes/plugin/pkg/auth/authorizer/rbac/bootstrappolicy"
)

// authorizerAnswer is what an authorizer says of one request.
type authorizerAnswer struct {
	Decision string `json:"decision"`
	Reason   string `json:"reason"`
}

// node: {"objects", "requests"} → what the Node authorizer decides, and why, once its graph holds the objects.
// abac: {"file", "requests"} → what the ABAC authorizer decides with a policy file of that text, or {"refused": "…"}.
func init() {
	// The authorizers log what they do not like; the answers say it too.
	klog.SetLogger(klog.Logger{})
	operations["node"] = func(question json.RawMessage) (any, error) {
		var asked struct {
			Objects  []json.RawMessage `json:"objects"`
			Requests []accessRequest   `json:"requests"`
		}
		if err := json.Unmarshal(question, &asked); err != nil {
			return nil, err
		}
		judge, err := nodeAuthorizer(asked.Objects)
		if err != nil {
			return nil, err
		}
		return askAuthorizer(judge, asked.Requests)
	}
	operations["abac"] = func(question json.RawMessage) (any, error) {
		var asked struct {
			File     string          `json:"file"`
			Requests []accessRequest `json:"requests"`
		}
		if err := json.Unmarshal(question, &asked); err != nil {
			return nil, err
		}
		policies, err := abacPolicies(asked.File)
		if err != nil {
			return map[string]string{"refused": err.Error()}, nil
		}
		return askAuthorizer(policies, asked.Requests)
	}
}

func askAuthorizer(judge authorizer.Authorizer, requests []accessRequest) ([]authorizerAnswer, error) {
	names := map[authorizer.Decision]string{
		authorizer.DecisionAllow: "allow", authorizer.DecisionDeny: "deny", authorizer.DecisionNoOpinion: "no-opinion",
	}
	answers := make([]authorizerAnswer, 0, len(requests))
	for _, request := range requests {
		// What goes wrong on the way is in the decision, and in the server's log.
		decision, reason, _ := judge.Authorize(context.Background(), request.attributes())
		answers = append(answers, authorizerAnswer{Decision: names[decision], Reason: reason})
	}
	return answers, nil
}

func abacPolicies(text string) (abac.PolicyList, error) {
	folder, err := os.MkdirTemp("", "oracle-abac-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "policies.jsonl")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return nil, err
	}
	return abac.NewFromFile(path)
}

// nodeAuthorizer makes the graph as its event handlers do: graph_populator.go.
func nodeAuthorizer(objects []json.RawMessage) (authorizer.Authorizer, error) {
	graph := node.NewGraph()
	for _, raw := range objects {
		if err := addToGraph(graph, raw); err != nil {
			return nil, err
		}
	}
	return node.NewAuthorizer(graph, nodeidentifier.NewDefaultNodeIdentifier(), bootstrappolicy.NodeRules()), nil
}

func addToGraph(graph *node.Graph, raw json.RawMessage) error {
	var object struct {
		Kind string `json:"kind"`
	}
	if err := json.Unmarshal(raw, &object); err != nil {
		return err
	}
	switch object.Kind {
	case "Pod":
		pod := &corev1.Pod{}
		if err := json.Unmarshal(raw, pod); err != nil {
			return err
		}
		if len(pod.Spec.NodeName) > 0 {
			graph.AddPod(pod)
		}
	case "PersistentVolume":
		volume := &corev1.PersistentVolume{}
		if err := json.Unmarshal(raw, volume); err != nil {
			return err
		}
		graph.AddPV(volume)
	case "VolumeAttachment":
		attachment := &storagev1.VolumeAttachment{}
		if err := json.Unmarshal(raw, attachment); err != nil {
			return err
		}
		graph.AddVolumeAttachment(attachment.Name, attachment.Spec.NodeName)
	case "ResourceSlice":
		slice := &resourcev1.ResourceSlice{}
		if err := json.Unmarshal(raw, slice); err != nil {
			return err
		}
		nodeName := ""
		if slice.Spec.NodeName != nil {
			nodeName = *slice.Spec.NodeName
		}
		graph.AddResourceSlice(slice.Name, nodeName)
	case "PodCertificateRequest":
		request := &certificatesv1.PodCertificateRequest{}
		if err := json.Unmarshal(raw, request); err != nil {
			return err
		}
		graph.AddPodCertificateRequest(request)
	default:
		return fmt.Errorf("the graph is not made of %q", object.Kind)
	}
	return nil
}
