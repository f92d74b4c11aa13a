package main

import (
	"encoding/json"

	"github.com/distribution/reference"
)

// image: {"text"} → the parts of the normalised reference (reference.ParseNormalizedNamed), or the refusal.
func init() {
	operations["image"] = func(question json.RawMessage) (any, error) {
		var asked struct{ Text string }
		if err := json.Unmarshal(question, &asked); err != nil {
			return nil, err
		}
		named, err := reference.ParseNormalizedNamed(asked.Text)
		if err != nil {
			return nil, err
		}
		answer := map[string]string{"registry": reference.Domain(named), "repository": reference.Path(named)}
		if tagged, ok := named.(reference.Tagged); ok {
			answer["tag"] = tagged.Tag()
		}
		if digested, ok := named.(reference.Digested); ok {
			answer["digest"] = digested.Digest().String()
		}
		return answer, nil
	}
}
