class Cart < ApplicationRecord
  has_many :items, class_name: "CartItem"

  def total
    items.sum { |item| item.price * item.quantity }
  end
end
