package main

import (
	"context"
	"encoding/json"
	"reflect"
	"sort"

	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apiserver/pkg/authorization/authorizer"
	"k8s.io/kubernetes/pkg/registry/rbac/validation"
	"k8s.io/kubernetes/plugin/pkg/auth/authorizer/rbac"
)

type rbacAnswer struct {
	Decision string `json:"decision"`
	// Reason names the binding and the role that allow.
	Reason string `json:"reason"`
	// Error says what could not be resolved, such as a role that does not exist; the decision holds all the same.
	Error string `json:"error,omitempty"`
}

// rbac: {"roles", "clusterRoles", "roleBindings", "clusterRoleBindings", "requests"} → what the RBAC authorizer decides
// on each request: "allow", "deny" (which it never says) or "no-opinion".
func init() {
	decisions := map[authorizer.Decision]string{
		authorizer.DecisionAllow: "allow", authorizer.DecisionDeny: "deny", authorizer.DecisionNoOpinion: "no-opinion",
	}
	operations["rbac"] = func(question json.RawMessage) (any, error) {
		var asked struct {
			Roles               []*rbacv1.Role               `json:"roles"`
			ClusterRoles        []*rbacv1.ClusterRole        `json:"clusterRoles"`
			RoleBindings        []*rbacv1.RoleBinding        `json:"roleBindings"`
			ClusterRoleBindings []*rbacv1.ClusterRoleBinding `json:"clusterRoleBindings"`
			Requests            []accessRequest              `json:"requests"`
		}
		if err := json.Unmarshal(question, &asked); err != nil {
			return nil, err
		}
		if err := aggregate(asked.ClusterRoles); err != nil {
			return nil, err
		}
		_, objects := validation.NewTestRuleResolver(asked.Roles, asked.RoleBindings, asked.ClusterRoles, asked.ClusterRoleBindings)
		judge := rbac.New(objects, objects, objects, objects)
		answers := make([]rbacAnswer, 0, len(asked.Requests))
		for _, request := range asked.Requests {
			decision, reason, err := judge.Authorize(context.Background(), request.attributes())
			answer := rbacAnswer{Decision: decisions[decision], Reason: reason}
			if err != nil {
				answer.Error = err.Error()
			}
			answers = append(answers, answer)
		}
		return answers, nil
	}
}

// aggregate fills ClusterRoles with the rules of those that they select, until nothing changes, as the controller does
// in the end: syncClusterRole of k8s.io/kubernetes/pkg/controller/clusterroleaggregation, which needs a running server.
func aggregate(roles []*rbacv1.ClusterRole) error {
	sorted := append([]*rbacv1.ClusterRole{}, roles...)
	sort.Slice(sorted, func(i, j int) bool { return sorted[i].Name < sorted[j].Name })
	for changed := true; changed; {
		changed = false
		for _, role := range sorted {
			if role.AggregationRule == nil {
				continue
			}
			rules := []rbacv1.PolicyRule{}
			for i := range role.AggregationRule.ClusterRoleSelectors {
				selector, err := metav1.LabelSelectorAsSelector(&role.AggregationRule.ClusterRoleSelectors[i])
				if err != nil {
					return err
				}
				for _, other := range sorted {
					if other.Name == role.Name || !selector.Matches(labels.Set(other.Labels)) {
						continue
					}
					for _, rule := range other.Rules {
						if !containsRule(rules, rule) {
							rules = append(rules, rule)
						}
					}
				}
			}
			if len(rules) != len(role.Rules) || !reflect.DeepEqual(rules, append([]rbacv1.PolicyRule{}, role.Rules...)) {
				role.Rules = rules
				changed = true
			}
		}
	}
	return nil
}

func containsRule(rules []rbacv1.PolicyRule, rule rbacv1.PolicyRule) bool {
	for _, each := range rules {
		if reflect.DeepEqual(each, rule) {
			return true
		}
	}
	return false
}
