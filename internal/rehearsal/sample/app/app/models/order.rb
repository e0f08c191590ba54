class Order < ApplicationRecord
  belongs_to :shop
  enum :state, %i[placed paid sent]

  def pay!(card)
    Stripe::Charge.create(amount: total, currency: "jpy", source: card)
    paid!
  end
end
