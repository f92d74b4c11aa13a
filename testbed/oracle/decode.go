package main

import (
	"encoding/json"

	admissionapi "k8s.io/pod-security-admission/admission/api/v1"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	apiextensionsv1beta1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1beta1"
	"k8s.io/apimachinery/pkg/runtime"
	serializer "k8s.io/apimachinery/pkg/runtime/serializer/json"
	apiserverv1 "k8s.io/apiserver/pkg/apis/apiserver/v1"
	auditv1 "k8s.io/apiserver/pkg/apis/audit/v1"
	clientscheme "k8s.io/client-go/kubernetes/scheme"
	apiregistrationv1 "k8s.io/kube-aggregator/pkg/apis/apiregistration/v1"
	apiregistrationv1beta1 "k8s.io/kube-aggregator/pkg/apis/apiregistration/v1beta1"
	kubeletv1beta1 "k8s.io/kubelet/config/v1beta1"
)

// builtIn knows every kind that the API server and its components decode with Go types.
var builtIn = func() *runtime.Scheme {
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{
		clientscheme.AddToScheme,
		apiextensionsv1.AddToScheme, apiextensionsv1beta1.AddToScheme,
		apiregistrationv1.AddToScheme, apiregistrationv1beta1.AddToScheme,
		auditv1.AddToScheme, apiserverv1.AddToScheme, kubeletv1beta1.AddToScheme, admissionapi.AddToScheme,
	} {
		if err := add(scheme); err != nil {
			panic(err)
		}
	}
	return scheme
}()

// decode: {"object": {…}} is decoded as a request with fieldValidation=Strict is; "fatal" is the decoder's error or
// null, "strict" the errors of strict validation (only reached where nothing is fatal).
func init() {
	strict := serializer.NewSerializerWithOptions(serializer.DefaultMetaFactory, builtIn, builtIn, serializer.SerializerOptions{Strict: true})
	operations["decode"] = func(question json.RawMessage) (any, error) {
		var asked struct {
			Object json.RawMessage `json:"object"`
		}
		if err := json.Unmarshal(question, &asked); err != nil {
			return nil, err
		}
		answer := map[string]any{"known": true, "fatal": nil, "strict": []string{}}
		_, _, err := strict.Decode(asked.Object, nil, nil)
		switch {
		case err == nil:
		case runtime.IsNotRegisteredError(err):
			answer["known"] = false
		default:
			if problem, ok := runtime.AsStrictDecodingError(err); ok {
				messages := []string{}
				for _, each := range problem.Errors() {
					messages = append(messages, each.Error())
				}
				answer["strict"] = messages
			} else {
				answer["fatal"] = err.Error()
			}
		}
		return answer, nil
	}
}
