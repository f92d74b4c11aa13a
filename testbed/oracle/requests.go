package main

import (
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/apiserver/pkg/authorization/authorizer"
)

// accessRequest is what the API server knows of a request when it authorizes and audits it.
type accessRequest struct {
	// User is null for a request that was not authenticated.
	User            *string  `json:"user"`
	Groups          []string `json:"groups"`
	Verb            string   `json:"verb"`
	Namespace       string   `json:"namespace"`
	APIGroup        string   `json:"apiGroup"`
	APIVersion      string   `json:"apiVersion"`
	Resource        string   `json:"resource"`
	Subresource     string   `json:"subresource"`
	Name            string   `json:"name"`
	ResourceRequest bool     `json:"resourceRequest"`
	Path            string   `json:"path"`
}

func (r accessRequest) attributes() authorizer.Attributes {
	record := authorizer.AttributesRecord{
		Verb: r.Verb, Namespace: r.Namespace, APIGroup: r.APIGroup, APIVersion: r.APIVersion, Resource: r.Resource,
		Subresource: r.Subresource, Name: r.Name, ResourceRequest: r.ResourceRequest, Path: r.Path,
	}
	if r.User != nil {
		record.User = &user.DefaultInfo{Name: *r.User, Groups: r.Groups}
	}
	return record
}
