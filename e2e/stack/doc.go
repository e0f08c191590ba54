// Package stack starts the real thing on loopback: etcd, kube-apiserver,
// kube-controller-manager, redis and Argo CD, as processes of this machine, with
// a stand-in for a kubelet. It knows nothing of shopctl. It is for the suite
// beside it and for Linux; it is no cluster for anything else, since nothing
// runs in its pods.
//
//	s, err := stack.Start(ctx, stack.Options{Dir: dir, Programs: programs})
//	defer s.Stop()
//	token, err := s.ArgoCD.Token(ctx, "shopctl")
package stack
