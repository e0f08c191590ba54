package stack

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
)

// Programs are where the servers lie.
type Programs struct {
	Kube  string   // folder with etcd, kube-apiserver and kube-controller-manager
	Argo  string   // folder with argocd and kustomize
	Redis string   // redis-server
	CRDs  []string // files of custom resource definitions to install
}

// FromEnvironment reads what the script `run` found and built.
func FromEnvironment(getenv func(string) string) (Programs, error) {
	p := Programs{Kube: getenv("E2E_KUBE"), Argo: getenv("E2E_ARGO")}
	if p.Kube == "" || p.Argo == "" {
		return p, fmt.Errorf("E2E_KUBE and E2E_ARGO say where the servers lie: run `make e2e`")
	}
	for pattern := range strings.SplitSeq(getenv("E2E_CRDS"), ":") {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			return p, fmt.Errorf("E2E_CRDS: %q is no file", pattern)
		}
		p.CRDs = append(p.CRDs, files...)
	}
	redis, err := exec.LookPath("redis-server")
	p.Redis = redis
	return p, err
}
