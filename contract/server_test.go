package contract

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"

	"github.com/argoproj/argo-cd/v2/pkg/apiclient/application"
	"github.com/argoproj/argo-cd/v2/pkg/apiclient/project"
	"github.com/argoproj/argo-cd/v2/pkg/apiclient/session"
	"github.com/argoproj/argo-cd/v2/pkg/apiclient/version"
	"github.com/argoproj/argo-cd/v2/pkg/apis/application/v1alpha1"
	argogrpc "github.com/argoproj/argo-cd/v2/util/grpc"
	"github.com/golang/protobuf/ptypes/empty"
	"github.com/grpc-ecosystem/grpc-gateway/runtime"
	"github.com/shopctl/shopctl/internal/world/argocd"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/watch"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// server stands in for Argo CD's gRPC services; the gateway in front is the
// real one. What it was asked is kept for the tests to look at.
type server struct {
	application.UnimplementedApplicationServiceServer
	mu       sync.Mutex
	apps     []v1alpha1.Application
	events   []v1alpha1.ApplicationWatchEvent
	fail     error // answer everything with it
	streamed error // end the stream with it
	bearer   string
	query    *application.ApplicationQuery
	url      *url.URL
	synced   *application.ApplicationSyncRequest
	created  *application.ApplicationCreateRequest
	project  *project.ProjectCreateRequest
	route    *gatewayv1.HTTPRoute // the one object that there is; nil: none
	resource *application.ApplicationResourceRequest
}

func (s *server) List(ctx context.Context, q *application.ApplicationQuery) (*v1alpha1.ApplicationList, error) {
	if err := s.asked(ctx, q); err != nil {
		return nil, err
	}
	selector, err := labels.Parse(q.GetSelector())
	if err != nil {
		return nil, err
	}
	list := &v1alpha1.ApplicationList{}
	list.ResourceVersion = "4711"
	for _, a := range s.apps {
		if selector.Matches(labels.Set(a.Labels)) {
			list.Items = append(list.Items, a)
		}
	}
	return list, nil
}

func (s *server) Get(ctx context.Context, q *application.ApplicationQuery) (*v1alpha1.Application, error) {
	if err := s.asked(ctx, q); err != nil {
		return nil, err
	}
	for i := range s.apps {
		if s.apps[i].Name == q.GetName() {
			return &s.apps[i], nil
		}
	}
	return nil, status.Error(codes.PermissionDenied, "permission denied")
}

func (s *server) Watch(q *application.ApplicationQuery, stream application.ApplicationService_WatchServer) error {
	if err := s.asked(stream.Context(), q); err != nil {
		return err
	}
	if q.GetResourceVersion() == "" {
		for _, a := range s.apps {
			if err := stream.Send(&v1alpha1.ApplicationWatchEvent{Type: watch.Added, Application: a}); err != nil {
				return err
			}
		}
	}
	for i := range s.events {
		if err := stream.Send(&s.events[i]); err != nil {
			return err
		}
	}
	return s.streamed
}

func (s *server) Sync(ctx context.Context, r *application.ApplicationSyncRequest) (*v1alpha1.Application, error) {
	if err := s.asked(ctx, nil); err != nil {
		return nil, err
	}
	s.synced = r
	return &v1alpha1.Application{}, nil
}

func (s *server) Create(ctx context.Context, r *application.ApplicationCreateRequest) (*v1alpha1.Application, error) {
	if err := s.asked(ctx, nil); err != nil {
		return nil, err
	}
	s.created = r
	return r.Application, nil
}

func (s *server) asked(ctx context.Context, q *application.ApplicationQuery) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.query = q
	if md, ok := metadata.FromIncomingContext(ctx); ok && len(md["authorization"]) == 1 {
		s.bearer = md["authorization"][0]
	}
	return s.fail
}

type projects struct {
	project.UnimplementedProjectServiceServer
	s *server
}

func (p *projects) Create(_ context.Context, r *project.ProjectCreateRequest) (*v1alpha1.AppProject, error) {
	p.s.project = r
	return r.Project, nil
}

type sessions struct {
	session.UnimplementedSessionServiceServer
}

func (*sessions) GetUserInfo(context.Context, *session.GetUserInfoRequest) (*session.GetUserInfoResponse, error) {
	return &session.GetUserInfoResponse{LoggedIn: true, Username: "shopctl"}, nil
}

type versions struct {
	version.UnimplementedVersionServiceServer
}

func (*versions) Version(context.Context, *empty.Empty) (*version.VersionMessage, error) {
	return &version.VersionMessage{Version: "v2.14.21+gitsha"}, nil
}

// start runs the services behind Argo CD's gateway, put together as its server
// does: its own JSON marshaller, and the guard that wants a JSON content type.
func start(t *testing.T, s *server) *argocd.Client {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	rpc := grpc.NewServer()
	application.RegisterApplicationServiceServer(rpc, s)
	project.RegisterProjectServiceServer(rpc, &projects{s: s})
	session.RegisterSessionServiceServer(rpc, &sessions{})
	version.RegisterVersionServiceServer(rpc, &versions{})
	go func() { _ = rpc.Serve(listener) }()
	t.Cleanup(rpc.Stop)

	conn, err := grpc.NewClient(listener.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	mux := runtime.NewServeMux(runtime.WithMarshalerOption(runtime.MIMEWildcard, new(argogrpc.JSONMarshaler)))
	for _, register := range []func(context.Context, *runtime.ServeMux, *grpc.ClientConn) error{
		application.RegisterApplicationServiceHandler, project.RegisterProjectServiceHandler,
		session.RegisterSessionServiceHandler, version.RegisterVersionServiceHandler,
	} {
		if err := register(context.Background(), mux, conn); err != nil {
			t.Fatal(err)
		}
	}
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.url = r.URL
		s.mu.Unlock()
		if r.Method != http.MethodGet && r.Header.Get("Content-Type") != "application/json" {
			http.Error(w, "Invalid content type", http.StatusUnsupportedMediaType)
			return
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(web.Close)
	c, err := argocd.New(argocd.Options{URL: web.URL,
		Token: func(context.Context) (argocd.Token, error) { return argocd.NewToken("canary"), nil }})
	if err != nil {
		t.Fatal(err)
	}
	return c
}
