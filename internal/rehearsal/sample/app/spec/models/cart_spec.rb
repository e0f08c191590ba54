require "rails_helper"

RSpec.describe Cart do
  it "adds up its items" do
    cart = Cart.create!
    cart.items.create!(price: 1200, quantity: 2)
    expect(cart.total).to eq 2400
  end
end
