package main

import (
	"encoding/json"

	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/selection"
	"k8s.io/apiserver/pkg/authorization/authorizer"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	authorizationapi "k8s.io/kubernetes/pkg/apis/authorization"
	authorizationvalidation "k8s.io/kubernetes/pkg/apis/authorization/validation"
	authorizationutil "k8s.io/kubernetes/pkg/registry/authorization/util"
)

// reviewRequirement is a requirement of a selector by its operator in a SubjectAccessReview.
type reviewRequirement struct {
	Key      string   `json:"key"`
	Operator string   `json:"operator"`
	Values   []string `json:"values"`
}

// subject-access-review: {"review"} → {"refused": "…"} where the API server does not take it, else what it asks the
// authorizers, and the evaluation error that it answers with.
func init() {
	decoder := legacyscheme.Codecs.UniversalDecoder()
	operations["subject-access-review"] = func(question json.RawMessage) (any, error) {
		var asked struct {
			Review json.RawMessage `json:"review"`
		}
		if err := json.Unmarshal(question, &asked); err != nil {
			return nil, err
		}
		decoded, err := runtime.Decode(decoder, asked.Review)
		if err != nil {
			return map[string]string{"refused": err.Error()}, nil
		}
		var spec authorizationapi.SubjectAccessReviewSpec
		switch review := decoded.(type) {
		case *authorizationapi.SubjectAccessReview:
			if errs := authorizationvalidation.ValidateSubjectAccessReview(review); len(errs) > 0 {
				return map[string]string{"refused": errs.ToAggregate().Error()}, nil
			}
			spec = review.Spec
		case *authorizationapi.LocalSubjectAccessReview:
			if errs := authorizationvalidation.ValidateLocalSubjectAccessReview(review); len(errs) > 0 {
				return map[string]string{"refused": errs.ToAggregate().Error()}, nil
			}
			spec = review.Spec
		default:
			return map[string]string{"refused": "names no subject"}, nil
		}
		attributes := authorizationutil.AuthorizationAttributesFrom(spec)
		return reviewAnswer(attributes), nil
	}
}

func reviewAnswer(attributes authorizer.AttributesRecord) map[string]any {
	fieldRequirements, _ := attributes.GetFieldSelector()
	labelRequirements, _ := attributes.GetLabelSelector()
	return map[string]any{
		"user":              attributes.User.GetName(),
		"uid":               attributes.User.GetUID(),
		"groups":            attributes.User.GetGroups(),
		"extra":             attributes.User.GetExtra(),
		"verb":              attributes.Verb,
		"namespace":         attributes.Namespace,
		"apiGroup":          attributes.APIGroup,
		"apiVersion":        attributes.APIVersion,
		"resource":          attributes.Resource,
		"subresource":       attributes.Subresource,
		"name":              attributes.Name,
		"isResourceRequest": attributes.ResourceRequest,
		"path":              attributes.Path,
		"fieldSelector":     ofFields(fieldRequirements),
		"labelSelector":     ofLabels(labelRequirements),
		"evaluationError":   authorizationutil.BuildEvaluationError(nil, attributes),
	}
}

var reviewOperators = map[selection.Operator]string{
	selection.Equals: "In", selection.DoubleEquals: "In", selection.In: "In",
	selection.NotEquals: "NotIn", selection.NotIn: "NotIn",
	selection.Exists: "Exists", selection.DoesNotExist: "DoesNotExist",
	selection.GreaterThan: "Gt", selection.LessThan: "Lt",
}

func ofFields(requirements fields.Requirements) []reviewRequirement {
	answers := []reviewRequirement{}
	for _, each := range requirements {
		answers = append(answers, reviewRequirement{each.Field, reviewOperators[each.Operator], []string{each.Value}})
	}
	return answers
}

func ofLabels(requirements labels.Requirements) []reviewRequirement {
	answers := []reviewRequirement{}
	for _, each := range requirements {
		answers = append(answers, reviewRequirement{each.Key(), reviewOperators[each.Operator()], each.ValuesUnsorted()})
	}
	return answers
}
