package main

import (
	"context"
	"encoding/json"

	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/component-helpers/auth/rbac/validation"
	registry "k8s.io/kubernetes/pkg/registry/rbac/validation"
	"k8s.io/kubernetes/plugin/pkg/auth/authorizer/rbac"
)

type rbacSubjects struct {
	// Subjects of all bindings that allow, also those that apply to nobody (an unknown kind, a service account without
	// namespace for the whole cluster), after the group system:masters, which upstream always names first.
	Subjects []rbacv1.Subject `json:"subjects"`
	Error    string           `json:"error,omitempty"`
}

type rbacRules struct {
	Rules []rbacv1.PolicyRule `json:"rules"`
	Error string              `json:"error,omitempty"`
}

// rbac-world: a world as for rbac, with "requests", "whoCan" (requests without user) and "rulesFor" (users in namespaces)
// → {"decisions", "whoCan", "rulesFor", "aggregated"}; the last has the rules of each aggregated ClusterRole, by its name.
//
// rbac-covers: {"owner", "servant"}: rules → {"covered", "uncovered"}: the check against escalation.
func init() {
	operations["rbac-world"] = func(question json.RawMessage) (any, error) {
		var asked struct {
			rbacWorld
			Requests []accessRequest `json:"requests"`
			WhoCan   []accessRequest `json:"whoCan"`
			RulesFor []accessRequest `json:"rulesFor"`
		}
		if err := json.Unmarshal(question, &asked); err != nil {
			return nil, err
		}
		world := &asked.rbacWorld
		world.prepare()
		decisions, err := world.decide(asked.Requests)
		if err != nil {
			return nil, err
		}
		answer := struct {
			Decisions []rbacAnswer   `json:"decisions"`
			WhoCan    []rbacSubjects `json:"whoCan"`
			RulesFor  []rbacRules    `json:"rulesFor"`
			// Aggregated is what the controller makes of roles.
			Aggregated map[string][]rbacv1.PolicyRule `json:"aggregated"`
		}{Decisions: decisions, Aggregated: map[string][]rbacv1.PolicyRule{}}
		for _, role := range world.ClusterRoles {
			if role.AggregationRule != nil {
				answer.Aggregated[role.Name] = role.Rules
			}
		}
		resolver := registry.NewDefaultRuleResolver(world, world, world, world)
		for _, request := range asked.RulesFor {
			attributes := request.attributes()
			rules, err := resolver.RulesFor(context.Background(), attributes.GetUser(), attributes.GetNamespace())
			answer.RulesFor = append(answer.RulesFor, rbacRules{rules, textOf(err)})
		}
		nameNamespaces(world.RoleBindings)
		locator := rbac.NewSubjectAccessEvaluator(world, world, world, world, "")
		for _, request := range asked.WhoCan {
			subjects, err := locator.AllowedSubjects(context.Background(), request.attributes())
			answer.WhoCan = append(answer.WhoCan, rbacSubjects{subjects, textOf(err)})
		}
		return answer, nil
	}
	operations["rbac-covers"] = func(question json.RawMessage) (any, error) {
		var asked struct {
			Owner   []rbacv1.PolicyRule `json:"owner"`
			Servant []rbacv1.PolicyRule `json:"servant"`
		}
		if err := json.Unmarshal(question, &asked); err != nil {
			return nil, err
		}
		covered, uncovered := validation.Covers(asked.Owner, asked.Servant)
		return map[string]any{"covered": covered, "uncovered": uncovered}, nil
	}
}

// nameNamespaces writes into service accounts without namespace that of their binding, which is what they mean
// (appliesToUser): AllowedSubjects answers subjects as they are written, without their binding.
func nameNamespaces(bindings []*rbacv1.RoleBinding) {
	for _, binding := range bindings {
		for i := range binding.Subjects {
			if subject := &binding.Subjects[i]; subject.Kind == rbacv1.ServiceAccountKind && subject.Namespace == "" {
				subject.Namespace = binding.Namespace
			}
		}
	}
}

func textOf(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
