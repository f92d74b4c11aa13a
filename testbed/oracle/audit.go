package main

import (
	"encoding/json"

	"k8s.io/apiserver/pkg/audit/policy"
)

type auditAnswer struct {
	Level             string   `json:"level"`
	OmitStages        []string `json:"omitStages"`
	OmitManagedFields bool     `json:"omitManagedFields"`
}

// audit-policy: {"policy": "<YAML>", "requests": [...]} → for each request the level at which it is audited, and what is
// left out; or the refusal of the policy.
func init() {
	operations["audit-policy"] = func(question json.RawMessage) (any, error) {
		var asked struct {
			Policy   string          `json:"policy"`
			Requests []accessRequest `json:"requests"`
		}
		if err := json.Unmarshal(question, &asked); err != nil {
			return nil, err
		}
		loaded, err := policy.LoadPolicyFromBytes([]byte(asked.Policy))
		if err != nil {
			return nil, err
		}
		evaluator := policy.NewPolicyRuleEvaluator(loaded)
		answers := make([]auditAnswer, 0, len(asked.Requests))
		for _, request := range asked.Requests {
			config := evaluator.EvaluatePolicyRule(request.attributes())
			answer := auditAnswer{Level: string(config.Level), OmitStages: []string{}, OmitManagedFields: config.OmitManagedFields}
			for _, stage := range config.OmitStages {
				answer.OmitStages = append(answer.OmitStages, string(stage))
			}
			answers = append(answers, answer)
		}
		return answers, nil
	}
}
