package argocd

import (
	"context"
	"net/http"
)

// CanI asks whether the login may do something: CanI(ctx, "applications",
// "sync", "project/*"). Argo CD answers by its policy; whether there is such a
// thing it does not say.
func (c *Client) CanI(ctx context.Context, resource, action, object string) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	var v struct {
		Value string `json:"value"`
	}
	err := c.get(ctx, call{op: "ask Argo CD what the login may do", method: http.MethodGet,
		path: []string{"api", "v1", "account", "can-i", resource, action, object}}, &v)
	return v.Value == "yes", err
}
