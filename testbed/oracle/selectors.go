package main

import (
	"encoding/json"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/validation"
)

// selector: {"text": "a=b"} is parsed as labels.Parse does, {"selector": {…}|null} is converted as
// metav1.LabelSelectorAsSelector does; answers which of "labels" (a list of label sets) match.
// label: {"key": …, "value": …} answers the messages of IsQualifiedName and IsValidLabelValue.
func init() {
	operations["selector"] = func(question json.RawMessage) (any, error) {
		var asked struct {
			Text     *string               `json:"text"`
			Selector *metav1.LabelSelector `json:"selector"`
			Labels   []labels.Set          `json:"labels"`
		}
		if err := json.Unmarshal(question, &asked); err != nil {
			return nil, err
		}
		var selector labels.Selector
		var err error
		if asked.Text != nil {
			selector, err = labels.Parse(*asked.Text)
		} else {
			selector, err = metav1.LabelSelectorAsSelector(asked.Selector)
		}
		if err != nil {
			return nil, err
		}
		matches := []bool{}
		for _, set := range asked.Labels {
			matches = append(matches, selector.Matches(set))
		}
		return map[string]any{"matches": matches, "string": selector.String(), "empty": selector.Empty()}, nil
	}
	operations["label"] = func(question json.RawMessage) (any, error) {
		var asked struct{ Key, Value string }
		if err := json.Unmarshal(question, &asked); err != nil {
			return nil, err
		}
		return map[string]any{
			"key":   append([]string{}, validation.IsQualifiedName(asked.Key)...),
			"value": append([]string{}, validation.IsValidLabelValue(asked.Value)...),
		}, nil
	}
}
