package git

import (
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
	"golang.org/x/crypto/ssh/knownhosts"
)

// sshServer runs git's services for one accepted key.
type sshServer struct {
	t       *testing.T
	address string
	host    ssh.Signer
	allowed ssh.PublicKey
}

func newKey(t *testing.T) (ed25519.PrivateKey, ssh.Signer) {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return key, signer
}

func newSSHServer(t *testing.T, allowed ssh.PublicKey) *sshServer {
	t.Helper()
	_, host := newKey(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	s := &sshServer{t: t, address: l.Addr().String(), host: host, allowed: allowed}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go s.serve(c)
		}
	}()
	return s
}

func (s *sshServer) serve(c net.Conn) {
	defer func() { _ = c.Close() }()
	config := &ssh.ServerConfig{PublicKeyCallback: func(_ ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) {
		if string(key.Marshal()) != string(s.allowed.Marshal()) {
			return nil, errors.New("unknown key")
		}
		return nil, nil
	}}
	config.AddHostKey(s.host)
	_, channels, requests, err := ssh.NewServerConn(c, config)
	if err != nil {
		return
	}
	go ssh.DiscardRequests(requests)
	for offer := range channels {
		channel, requests, err := offer.Accept()
		if err != nil {
			return
		}
		go func() {
			for q := range requests {
				if q.Type != "exec" {
					_ = q.Reply(false, nil)
					continue
				}
				_ = q.Reply(true, nil)
				service, path, _ := strings.Cut(string(q.Payload[4:]), " ")
				run := exec.Command("git", strings.TrimPrefix(service, "git-"), strings.Trim(path, "'"))
				run.Stdout, run.Stderr = channel, channel.Stderr()
				stdin, err := run.StdinPipe() // not Stdin: the end of git must not wait for the client's
				if err != nil {
					return
				}
				go func() {
					_, _ = io.Copy(stdin, channel)
					_ = stdin.Close()
				}()
				status := ssh.Marshal(struct{ Code uint32 }{0})
				if run.Run() != nil {
					status = ssh.Marshal(struct{ Code uint32 }{128})
				}
				_, _ = channel.SendRequest("exit-status", false, status)
				_ = channel.Close()
			}
		}()
	}
}

// offerKey runs an agent with one key, as ssh-agent would.
func offerKey(t *testing.T, key ed25519.PrivateKey) {
	t.Helper()
	ring := agent.NewKeyring()
	if err := ring.Add(agent.AddedKey{PrivateKey: key}); err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(t.TempDir(), "agent")
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Skipf("no unix sockets: %v", err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() { _ = agent.ServeAgent(ring, c) }()
		}
	}()
	t.Setenv("SSH_AUTH_SOCK", socket)
}

// knowHost writes the file of known hosts.
func knowHost(t *testing.T, address string, key ssh.PublicKey) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "known_hosts")
	if err := os.WriteFile(file, []byte(knownhosts.Line([]string{address}, key)+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SSH_KNOWN_HOSTS", file)
}

func TestSSH(t *testing.T) {
	s := newServer(t)
	dir := s.repository("shop.git")
	key, signer := newKey(t)
	remote := newSSHServer(t, signer.PublicKey())
	offerKey(t, key)
	knowHost(t, remote.address, remote.host.PublicKey())
	open := func(dir string) *Repository {
		r, err := Open(Options{Address: fmt.Sprintf("ssh://git@%s%s", remote.address, dir), CacheDir: t.TempDir()})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(r.Close)
		return r
	}
	r := open(dir)
	if refs, err := r.RefsForPush(ctx); err != nil || len(refs.Tips) != 0 {
		t.Fatalf("refs are %v, %v", refs, err)
	}
	first := start(t, r)
	reader := open(dir)
	if err := reader.Fetch(ctx, first); err != nil {
		t.Fatal(err)
	}
	b := NewBatch(r)
	second := commitFiles(t, b, 1, first, map[string]string{"x": "1"})
	if err := r.Push(ctx, []Update{{Ref: "refs/heads/main", Old: first, New: second}}, b); err != nil {
		t.Fatal(err)
	}
	if refs, err := reader.Refs(ctx); err != nil || refs.Tips["refs/heads/main"] != second {
		t.Errorf("refs are %v, %v", refs, err)
	}
	// The branch has moved past the first commit: it comes along with the new one.
	late := open(dir)
	b = NewBatch(r)
	third := commitFiles(t, b, 2, second, map[string]string{"x": "2"})
	if err := r.Push(ctx, []Update{{Ref: "refs/heads/main", Old: second, New: third}, {Ref: "refs/heads/tier-1", Old: first, New: third}}, b); err != nil {
		t.Fatal(err)
	}
	gitOutput(t, dir, "", "config", "uploadpack.allowAnySHA1InWant", "false")
	if err := late.Fetch(ctx, second); err != nil {
		t.Error(err)
	}
	fsck(t, dir)
	var stale *StaleError
	if err := r.Push(ctx, []Update{{Ref: "refs/heads/main", Old: first, New: third}}, nil); !errors.As(err, &stale) {
		t.Errorf("stale push: %T %v", err, err)
	}
	var none *NoRepositoryError
	if _, err := open(dir + "-nothing").Refs(ctx); !errors.As(err, &none) {
		t.Errorf("no repository: %T %v", err, err)
	}
	t.Run("unknown key", func(t *testing.T) {
		other, _ := newKey(t)
		offerKey(t, other)
		var auth *AuthError
		if _, err := open(dir).Refs(ctx); !errors.As(err, &auth) {
			t.Errorf("%T %v", err, err)
		}
	})
	t.Run("another host key", func(t *testing.T) {
		_, liar := newKey(t)
		knowHost(t, remote.address, liar.PublicKey())
		if _, err := open(dir).Refs(ctx); err == nil || !strings.Contains(err.Error(), "key") {
			t.Errorf("%T %v", err, err)
		}
	})
}
