package main

import (
	"encoding/json"

	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"

	apiextensionsinstall "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/install"
	apiregistrationinstall "k8s.io/kube-aggregator/pkg/apis/apiregistration/install"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
)

// decodeExternal reads an object into the Go type of its own version.
func decodeExternal(raw json.RawMessage) (runtime.Object, error) {
	var meta runtime.TypeMeta
	if err := json.Unmarshal(raw, &meta); err != nil {
		return nil, err
	}
	object, err := legacyscheme.Scheme.New(schema.FromAPIVersionAndKind(meta.APIVersion, meta.Kind))
	if err != nil {
		return nil, err
	}
	return object, json.Unmarshal(raw, object)
}

func init() {
	apiextensionsinstall.Install(legacyscheme.Scheme)
	apiregistrationinstall.Install(legacyscheme.Scheme)

	// defaults: {"object": {…}} is answered as the API server defaults it (feature gates at their defaults).
	operations["defaults"] = func(question json.RawMessage) (any, error) {
		var asked struct {
			Object json.RawMessage `json:"object"`
		}
		if err := json.Unmarshal(question, &asked); err != nil {
			return nil, err
		}
		object, err := decodeExternal(asked.Object)
		if err != nil {
			return nil, err
		}
		legacyscheme.Scheme.Default(object)
		return map[string]any{"object": object}, nil
	}

	// same-object: {"a": {…}, "b": {…}} of one kind; whether they are equal once decoded.
	operations["same-object"] = func(question json.RawMessage) (any, error) {
		var asked struct {
			A json.RawMessage `json:"a"`
			B json.RawMessage `json:"b"`
		}
		if err := json.Unmarshal(question, &asked); err != nil {
			return nil, err
		}
		a, err := decodeExternal(asked.A)
		if err != nil {
			return nil, err
		}
		b, err := decodeExternal(asked.B)
		if err != nil {
			return nil, err
		}
		return map[string]bool{"same": equality.Semantic.DeepEqual(a, b)}, nil
	}
}
