package rehearsal

import (
	"embed"
	"fmt"
	"io/fs"
	"strings"
	"time"
)

// sample is the first state of the sample application and its configuration.
//
//go:embed all:sample
var sample embed.FS

// person writes commits.
type person struct{ name, email string }

// The people of the sample, by the name that people call them by.
var people = map[string]person{
	"ryu":      {"Ryu", "ryu@example.com"},
	"takuya":   {"Takuya", "takuya@example.com"},
	"mika":     {"Mika", "mika@example.com"},
	"renovate": {"renovate", "renovate@example.com"},
	"ci":       {"shopctl", "shopctl@example.com"},
}

// change is one commit of the sample's history.
type change struct {
	age     time.Duration // before the world began
	by      string
	subject string
	files   map[string]string // new files, whole
	edits   []edit
}

// edit replaces a text that is in a file.
type edit struct{ path, from, to string }

const day = 24 * time.Hour

// appHistory is how the sample application came to be; the first change takes
// the files of sample/app.
func appHistory() []change {
	return []change{
		{age: 30 * day, by: "takuya", subject: "Storefront: catalogue, cart, checkout"},
		{age: 24 * day, by: "ryu", subject: "カートの合計を税込みで表示 (#449)", edits: []edit{
			{"app/models/cart.rb", "  def total\n    items.sum { |item| item.price * item.quantity }\n", "  TAX = 1.1r\n\n  def total\n    (items.sum { |item| item.price * item.quantity } * TAX).floor\n"},
			{"spec/models/cart_spec.rb", "eq 2400", "eq 2640"}, built(449),
		}},
		{age: 20 * day, by: "mika", subject: "Add a health check at /up (#453)", edits: []edit{
			{"config/routes.rb", "  root ", "  get \"up\" => \"rails/health#show\"\n  root "}, built(453),
		}},
		{age: 15 * day, by: "renovate", subject: "Bump puma 6.4.2 -> 6.4.3 (#457)", edits: []edit{
			{"Gemfile", `"puma", "6.4.2"`, `"puma", "6.4.3"`}, built(457),
		}},
		{age: 12 * day, by: "takuya", subject: "注文完了メールを日本語に (#461)", files: map[string]string{
			"app/views/order_mailer/placed.text.erb": "<%= @order.name %> 様\n\nご注文ありがとうございます。\n注文番号: <%= @order.number %>\n",
		}, edits: []edit{built(461)}},
		{age: 9 * day, by: "ryu", subject: "Cache the category tree for a minute (#466)", files: map[string]string{
			"app/models/category.rb": "class Category < ApplicationRecord\n  def self.tree(shop)\n    Rails.cache.fetch([\"categories\", shop.id], expires_in: 1.minute) { where(shop:).arrange }\n  end\nend\n",
		}, edits: []edit{built(466)}},
		{age: 7 * day, by: "mika", subject: "配送日の指定に対応 (#470)", files: map[string]string{
			"db/migrate/20261113020000_add_delivery_on_to_orders.rb": "class AddDeliveryOnToOrders < ActiveRecord::Migration[8.0]\n  def change\n    add_column :orders, :delivery_on, :date\n  end\nend\n",
		}, edits: []edit{
			{"app/models/order.rb", "  enum :state", "  validates :delivery_on, comparison: { greater_than: -> { Date.current } }, allow_nil: true\n  enum :state"}, built(470),
		}},
		{age: 4 * day, by: "renovate", subject: "Bump rails 8.0.3 -> 8.1.1 (#474)", edits: []edit{
			{"Gemfile", `"rails", "8.0.3"`, `"rails", "8.1.1"`}, built(474),
		}},
		{age: 2 * day, by: "takuya", subject: "Retry payments that time out (#477)", edits: []edit{
			{"app/models/order.rb", "  def pay!(card)\n    Stripe", "  def pay!(card)\n    Stripe.max_network_retries = 2\n    Stripe"}, built(477),
		}},
		{age: 2 * time.Hour, by: "takuya", subject: "feat: coupon v2 (flag off) (#479)", files: map[string]string{
			"app/models/coupon.rb":                           "class Coupon < ApplicationRecord\n  def self.v2? = ENV[\"COUPON_V2\"] == \"on\"\n\n  def apply(total)\n    self.class.v2? ? [total - amount, 0].max : total - amount\n  end\nend\n",
			"db/migrate/20261120010000_drop_legacy_carts.rb": "class DropLegacyCarts < ActiveRecord::Migration[8.1]\n  def up\n    drop_table :legacy_carts\n  end\n\n  def down\n    raise ActiveRecord::IrreversibleMigration\n  end\nend\n",
		}, edits: []edit{built(479)}},
		{age: time.Hour, by: "renovate", subject: "Bump rails 8.1.1 -> 8.1.2 (#481)", edits: []edit{
			{"Gemfile", `"rails", "8.1.1"`, `"rails", "8.1.2"`}, built(481),
		}},
		{age: 41 * time.Minute, by: "ryu", subject: "在庫APIのN+1を修正 (#482)", edits: []edit{
			{"app/controllers/products_controller.rb", "products.order(:name)", "products.includes(:stocks).order(:name)"}, built(482),
		}},
	}
}

// configurationHistory is how the sample configuration came to be.
func configurationHistory() []change {
	return []change{
		{age: 30*day + time.Hour, by: "takuya", subject: "What the storefront runs with"},
		{age: 8 * day, by: "mika", subject: "Run six web processes", edits: []edit{{"web.yaml", "replicas: 4", "replicas: 6"}}},
		{age: 150 * time.Minute, by: "mika", subject: "セッションの有効期限を14日に", edits: []edit{{"web.yaml", `SESSION_DAYS, value: "7"`, `SESSION_DAYS, value: "14"`}}},
	}
}

// built moves the image to the build of a pull request; tag gives the text.
func built(pull int) edit { return edit{path: kustomization, to: fmt.Sprintf("build-%d", pull)} }

const kustomization = "k8s/kustomization.yaml"

// sampleFiles are the files below a folder of the sample.
func sampleFiles(folder string) (map[string]string, error) {
	files := map[string]string{}
	sub, err := fs.Sub(sample, "sample/"+folder)
	if err != nil {
		return nil, err
	}
	err = fs.WalkDir(sub, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(sub, path)
		files[path] = string(data)
		return err
	})
	return files, err
}

// apply changes the files and gives those that are other than before. A text
// that is not there is an error: a sample that says one thing and does nothing
// is worth nothing.
func (c change) apply(files map[string]string) (map[string]string, error) {
	changed := map[string]string{}
	for path, text := range c.files {
		changed[path] = text
	}
	for _, e := range c.edits {
		before, ok := changed[e.path]
		if !ok {
			before = files[e.path]
		}
		after := strings.Replace(before, e.from, e.to, 1)
		if e.from == "" {
			after = retagged(before, e.to)
		}
		if after == before {
			return nil, fmt.Errorf("change %q: %q does not hold %q", c.subject, e.path, e.from)
		}
		changed[e.path] = after
	}
	for path, text := range changed {
		files[path] = text
	}
	return changed, nil
}

// retagged is a kustomization with another tag of the image.
func retagged(text, tag string) string {
	head, rest, ok := strings.Cut(text, "newTag: ")
	if !ok {
		return text
	}
	_, rest, _ = strings.Cut(rest, "\n")
	return head + "newTag: " + tag + "\n" + rest
}
