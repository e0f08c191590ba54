package stack

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
)

// Kube is a control plane without nodes: etcd, kube-apiserver, and those
// controllers of kube-controller-manager that Deployments, pruning and
// namespaces need.
type Kube struct {
	*API
	Config    string // the kubeconfig of an administrator
	APIServer *Process
}

const adminToken = "e2e-administrator"

func startKube(ctx context.Context, l *launcher, dir string, programs Programs) (*Kube, error) {
	ports, err := freePorts(4)
	if err != nil {
		return nil, err
	}
	etcdURL, peerURL := "http://127.0.0.1:"+ports[0], "http://127.0.0.1:"+ports[1]
	certs := filepath.Join(dir, "certs")
	if err := writeKeys(certs); err != nil {
		return nil, err
	}
	if _, err := l.launch("etcd", filepath.Join(programs.Kube, "etcd"), os.Environ(),
		"--data-dir", filepath.Join(dir, "etcd"), "--listen-client-urls", etcdURL, "--advertise-client-urls", etcdURL,
		"--listen-peer-urls", peerURL, "--initial-advertise-peer-urls", peerURL, "--initial-cluster", "default="+peerURL,
		"--unsafe-no-fsync"); err != nil {
		return nil, err
	}
	key := filepath.Join(certs, "sa.key")
	k := &Kube{API: &API{URL: "https://127.0.0.1:" + ports[2], Token: adminToken}, Config: filepath.Join(dir, "kubeconfig")}
	k.APIServer, err = l.launch("kube-apiserver", filepath.Join(programs.Kube, "kube-apiserver"), os.Environ(),
		"--advertise-address=127.0.0.1", "--bind-address=127.0.0.1", "--secure-port="+ports[2], "--etcd-servers="+etcdURL,
		"--cert-dir="+certs, "--service-cluster-ip-range=10.0.0.0/24", "--service-account-issuer=https://kubernetes.default.svc",
		"--service-account-key-file="+key, "--service-account-signing-key-file="+key,
		"--token-auth-file="+filepath.Join(certs, "tokens.csv"), "--authorization-mode=RBAC",
		"--disable-admission-plugins=ServiceAccount", // no controller makes one here
		"--endpoint-reconciler-type=none", "--allow-privileged=true")
	if err != nil {
		return nil, err
	}
	certificate := filepath.Join(certs, "apiserver.crt")
	if err := eventually(ctx, "kube-apiserver", k.APIServer, func(ctx context.Context) (err error) {
		if k.Client, err = trusting(certificate); err != nil {
			return err
		}
		return k.Ready(ctx)
	}); err != nil {
		return nil, err
	}
	if err := os.WriteFile(k.Config, fmt.Appendf(nil, kubeconfig, k.URL, certificate, adminToken), 0o600); err != nil {
		return nil, err
	}
	_, err = l.launch("kube-controller-manager", filepath.Join(programs.Kube, "kube-controller-manager"), os.Environ(),
		"--kubeconfig="+k.Config, "--authentication-kubeconfig="+k.Config, "--authorization-kubeconfig="+k.Config,
		"--bind-address=127.0.0.1", "--secure-port="+ports[3], "--leader-elect=false", "--service-account-private-key-file="+key,
		"--cert-dir="+filepath.Join(certs, "controllers"),
		"--controllers=deployment-controller,replicaset-controller,namespace-controller,garbage-collector-controller")
	return k, err
}

// Ready reports whether the apiserver answers.
func (k *Kube) Ready(ctx context.Context) error {
	resp, err := k.Open(ctx, http.MethodGet, "/readyz", "", nil)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return &Refusal{Status: resp.StatusCode, Text: "not ready"}
	}
	return nil
}

// writeKeys makes the key of the service accounts and the administrator's token.
func writeKeys(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return fmt.Errorf("make a key for service accounts: %w", err)
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
	if err := os.WriteFile(filepath.Join(dir, "sa.key"), text, 0o600); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "tokens.csv"), []byte(adminToken+",admin,admin,system:masters\n"), 0o600)
}

const kubeconfig = `apiVersion: v1
kind: Config
current-context: e2e
clusters:
  - name: e2e
    cluster: {server: %q, certificate-authority: %q}
contexts:
  - name: e2e
    context: {cluster: e2e, user: admin, namespace: argocd}
users:
  - name: admin
    user: {token: %q}
`
