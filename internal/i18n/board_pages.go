package i18n

// BoardPages is what the pages of the board say: tiers, ShopSets, shops.
type BoardPages struct {
	Span func(first, last, of string) string // which rows of a list are seen
}

func boardPages() BoardPages {
	return BoardPages{
		Span: func(first, last, of string) string { return first + "-" + last + " of " + of },
	}
}
