package main

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/apiserver/pkg/authorization/authorizer"
	authorizationapi "k8s.io/kubernetes/pkg/apis/authorization"
	authorizationutil "k8s.io/kubernetes/pkg/registry/authorization/util"
)

// accessRequest is what the API server knows of a request when it authorizes and audits it.
type accessRequest struct {
	// User is null for a request that was not authenticated.
	User            *string             `json:"user"`
	UID             string              `json:"uid"`
	Groups          []string            `json:"groups"`
	Extra           map[string][]string `json:"extra"`
	Verb            string              `json:"verb"`
	Namespace       string              `json:"namespace"`
	APIGroup        string              `json:"apiGroup"`
	APIVersion      string              `json:"apiVersion"`
	Resource        string              `json:"resource"`
	Subresource     string              `json:"subresource"`
	Name            string              `json:"name"`
	ResourceRequest bool                `json:"resourceRequest"`
	Path            string              `json:"path"`
	// Selectors as a SubjectAccessReview states them.
	FieldSelector []metav1.FieldSelectorRequirement `json:"fieldSelector"`
	LabelSelector []metav1.LabelSelectorRequirement `json:"labelSelector"`
}

func (r accessRequest) attributes() authorizer.Attributes {
	record := authorizer.AttributesRecord{
		Verb: r.Verb, Namespace: r.Namespace, APIGroup: r.APIGroup, APIVersion: r.APIVersion, Resource: r.Resource,
		Subresource: r.Subresource, Name: r.Name, ResourceRequest: r.ResourceRequest, Path: r.Path,
	}
	if r.User != nil {
		record.User = &user.DefaultInfo{Name: *r.User, UID: r.UID, Groups: r.Groups, Extra: r.Extra}
	}
	selectors := authorizationutil.ResourceAttributesFrom(nil, authorizationapi.ResourceAttributes{
		FieldSelector: &authorizationapi.FieldSelectorAttributes{Requirements: r.FieldSelector},
		LabelSelector: &authorizationapi.LabelSelectorAttributes{Requirements: r.LabelSelector},
	})
	record.FieldSelectorRequirements, record.FieldSelectorParsingErr = selectors.FieldSelectorRequirements, selectors.FieldSelectorParsingErr
	record.LabelSelectorRequirements, record.LabelSelectorParsingErr = selectors.LabelSelectorRequirements, selectors.LabelSelectorParsingErr
	return record
}
