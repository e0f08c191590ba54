package world

import (
	"regexp"

	"github.com/shopctl/shopctl/internal/world/argocd"
)

// judgements are the sentences in which Argo CD judges Deployments and their like
// (argoproj/gitops-engine, pkg/health), and what they say without Kubernetes.
var judgements = []struct {
	said  *regexp.Regexp
	plain string
}{
	{regexp.MustCompile(`^Waiting for .*roll ?out to finish: (\d+) out of (\d+) new (?:replicas|pods) have been updated`), "$1 of $2 processes are new"},
	{regexp.MustCompile(`^Waiting for rollout to finish: (\d+) old replicas are pending termination`), "old processes that have to end: $1"},
	{regexp.MustCompile(`^Waiting for .*rollout to finish: (\d+) of (\d+) updated (?:replicas|pods) are available`), "$1 of $2 new processes are ready"},
	{regexp.MustCompile(`^Waiting for (?:rollout to finish: observed .* generation less than desired generation|statefulset spec update to be observed)`), "not begun yet"},
	{regexp.MustCompile(`^Waiting for (\d+) pods to be ready`), "processes that are not ready: $1"},
	{regexp.MustCompile(`^waiting for statefulset rolling update to complete (\d+) pods at revision`), "new processes: $1"},
	{regexp.MustCompile(`^Deployment "[^"]*" exceeded its progress deadline`), "not ready in time"},
	{regexp.MustCompile(`^Deployment is paused`), "paused by hand"},
}

// plainly is what Argo CD says of a resource: "web: 4 of 6 new processes are
// ready". Any other message is that of the application, and stays as it is.
func plainly(r argocd.Resource) string {
	for _, j := range judgements {
		at := j.said.FindStringSubmatchIndex(r.Message)
		if at == nil {
			continue
		}
		return r.Name + ": " + string(j.said.ExpandString(nil, j.plain, r.Message, at))
	}
	return r.Message
}
