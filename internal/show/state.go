package show

import "github.com/shopctl/shopctl/internal/shop"

// OfHealth is the symbol of a health. What is not known is never good.
func OfHealth(h shop.Health) Symbol {
	switch h {
	case shop.Healthy:
		return Good
	case shop.Progressing:
		return Busy
	case shop.Degraded, shop.Suspended:
		return Warn
	case shop.Missing:
		return Bad
	}
	return Unknown
}

// OfSync is the symbol of a sync state.
func OfSync(s shop.Sync) Symbol {
	switch s {
	case shop.Synced:
		return Good
	case shop.OutOfSync:
		return Bad
	}
	return Unknown
}
