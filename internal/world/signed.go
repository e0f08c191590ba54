package world

import (
	"slices"

	"github.com/shopctl/shopctl/internal/shop"
)

// stamped fills in who and when where an edit of the intent records it. The
// plan does not know them; the values that it holds stay as they are.
func stamped(v view, edits []shop.Edit, r shop.Record) ([]shop.Edit, error) {
	edits = slices.Clone(edits)
	for i, e := range edits {
		list, ok := e.Value.([]shop.Rejected)
		if !ok {
			edits[i].Value = signed(e.Value, r)
			continue
		}
		policy, err := v.policy()
		if err != nil {
			return nil, err
		}
		edits[i].Value = signedAnew(list, policy.Rejected, r)
	}
	return edits, nil
}

// signedAnew signs what the list did not hold before.
func signedAnew(list, before []shop.Rejected, r shop.Record) []shop.Rejected {
	list = slices.Clone(list)
	for i, x := range list {
		if !slices.Contains(before, x) {
			list[i].By, list[i].At = r.By, r.At
		}
	}
	return list
}

func signed(value any, r shop.Record) any {
	switch v := value.(type) {
	case *shop.Pin:
		if v != nil {
			pin := *v
			pin.By, pin.At = r.By, r.At
			return &pin
		}
	case *shop.Freeze:
		if v != nil {
			freeze := *v
			freeze.By, freeze.At = r.By, r.At
			return &freeze
		}
	case *shop.Maintenance:
		if v != nil {
			m := *v
			m.By, m.At = r.By, r.At
			return &m
		}
	case *shop.Verified:
		if v != nil {
			verified := *v
			verified.By, verified.At = r.By, r.At
			return &verified
		}
	}
	return value
}
