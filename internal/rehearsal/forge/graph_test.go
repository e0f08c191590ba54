package forge

import (
	"encoding/json"
	"strings"
	"testing"
)

// What GitHub's server would refuse is refused, so that a wrong query does not
// first fail in front of the real one.
func TestGraphQLIsReadStrictly(t *testing.T) {
	const fine = `mutation($id: ID!) { disablePullRequestAutoMerge(input: {pullRequestId: $id}) { clientMutationId } }`
	id := map[string]json.RawMessage{"id": json.RawMessage(`"PR_1"`)}
	input := func(text string) map[string]json.RawMessage {
		return map[string]json.RawMessage{"input": json.RawMessage(text)}
	}
	const whole = `mutation M($input: UpdateRefsInput!) { updateRefs(input: $input) { clientMutationId } }`
	for _, c := range []struct {
		name, query string
		variables   map[string]json.RawMessage
		want        string // empty: it is read
	}{
		{"fine", fine, id, ""},
		{"viewer", "query { viewer { login } }", nil, ""},
		{"viewer in short", "{ viewer { login id } }", nil, ""},
		{"a comment", "# who\n{ viewer { login } }", nil, ""},
		{"literals", `mutation { enqueuePullRequest(input: {pullRequestId: "PR_1", jump: true}) { mergeQueueEntry { id } } }`, nil, ""},
		{"an enum", `mutation { enablePullRequestAutoMerge(input: {pullRequestId: "PR_1", mergeMethod: SQUASH}) { pullRequest { id } } }`, nil, ""},
		{"a list", `mutation { updateRefs(input: {repositoryId: "R_1", refUpdates: [{name: "refs/heads/x", afterOid: "1"}]}) { clientMutationId } }`, nil, ""},
		{"a whole input", whole, input(`{"repositoryId":"R_1","refUpdates":[{"name":"refs/heads/x","afterOid":"1"}]}`), ""},
		{"no such mutation", strings.Replace(fine, "disablePull", "stopPull", 1), id, "doesn't exist on type 'Mutation'"},
		{"a mutation as a query", strings.Replace(fine, "mutation", "query", 1), id, "doesn't exist on type 'Query'"},
		{"a query as a mutation", "mutation { viewer { login } }", nil, "doesn't exist on type 'Mutation'"},
		{"no such argument", strings.Replace(fine, "pullRequestId:", "pullRequest:", 1), id, "doesn't accept argument 'pullRequest'"},
		{"a missing argument", strings.Replace(fine, "pullRequestId: $id", "clientMutationId: $id", 1), id, "Type mismatch"},
		{"nothing at all", `mutation { disablePullRequestAutoMerge(input: {}) { clientMutationId } }`, nil, "is required. Expected type ID!"},
		{"the wrong type", strings.Replace(fine, "ID!", "String!", 1), id, "Type mismatch"},
		{"may be null", strings.Replace(fine, "ID!", "ID", 1), id, "Type mismatch"},
		{"undeclared", strings.Replace(fine, "($id: ID!)", "", 1), id, "not declared"},
		{"unused", strings.Replace(fine, "ID!)", "ID!, $more: String)", 1), id, "not used"},
		{"not sent", fine, nil, "provided invalid value"},
		{"no such field", strings.Replace(fine, "clientMutationId", "merged", 1), id, "Field 'merged' doesn't exist"},
		{"not closed", strings.TrimSuffix(fine, "}"), id, "expected \"}\""},
		{"more behind it", fine + " x", id, "Parse error"},
		{"a field of no input", whole, input(`{"repositoryId":"R_1","refUpdates":[],"force":true}`), "force"},
		{"a field of no part", whole, input(`{"repositoryId":"R_1","refUpdates":[{"name":"x","afterOid":"1","oid":"2"}]}`), "oid"},
		{"a part that lacks one", whole, input(`{"repositoryId":"R_1","refUpdates":[{"name":"x"}]}`), "afterOid"},
	} {
		_, err := readOperation(c.query, c.variables)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}
