package main

import (
	"encoding/json"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

type podSecurityQuestion struct {
	Pod     json.RawMessage `json:"pod"`
	Level   string          `json:"level"`
	Version string          `json:"version"`
}

type podSecurityViolation struct {
	ID     string `json:"id"`
	Reason string `json:"reason"`
	Detail string `json:"detail"`
}

// podSecurityOracle is upstream's own evaluator, which selects the checks; each check notes its id when it forbids,
// because the evaluator's results do not carry it.
type podSecurityOracle struct {
	evaluator policy.Evaluator
	forbidden []podSecurityViolation
}

func init() {
	var oracle *podSecurityOracle
	operations["podsecurity"] = func(question json.RawMessage) (any, error) {
		if oracle == nil {
			created, err := newPodSecurityOracle()
			if err != nil {
				return nil, err
			}
			oracle = created
		}
		return oracle.answer(question)
	}
}

func newPodSecurityOracle() (*podSecurityOracle, error) {
	oracle := &podSecurityOracle{}
	checks := policy.DefaultChecks()
	for i := range checks {
		id := string(checks[i].ID)
		for j := range checks[i].Versions {
			checkPod := checks[i].Versions[j].CheckPod
			checks[i].Versions[j].CheckPod = func(metadata *metav1.ObjectMeta, spec *corev1.PodSpec) policy.CheckResult {
				result := checkPod(metadata, spec)
				if !result.Allowed {
					oracle.forbidden = append(oracle.forbidden, podSecurityViolation{id, result.ForbiddenReason, result.ForbiddenDetail})
				}
				return result
			}
		}
	}
	evaluator, err := policy.NewEvaluator(checks, nil)
	oracle.evaluator = evaluator
	return oracle, err
}

func (o *podSecurityOracle) answer(raw json.RawMessage) (any, error) {
	var question podSecurityQuestion
	if err := json.Unmarshal(raw, &question); err != nil {
		return nil, err
	}
	var pod corev1.Pod
	if err := utiljson.Unmarshal(question.Pod, &pod); err != nil {
		return nil, fmt.Errorf("pod: %w", err)
	}
	level, err := api.ParseLevel(question.Level)
	if err != nil {
		return nil, fmt.Errorf("level: %w", err)
	}
	version, err := api.ParseVersion(question.Version)
	if err != nil {
		return nil, fmt.Errorf("version: %w", err)
	}
	legacyscheme.Scheme.Default(&pod)
	o.forbidden = []podSecurityViolation{}
	o.evaluator.EvaluatePod(api.LevelVersion{Level: level, Version: version}, &pod.ObjectMeta, &pod.Spec)
	return o.forbidden, nil
}
