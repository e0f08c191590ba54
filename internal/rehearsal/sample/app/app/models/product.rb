class Product < ApplicationRecord
  belongs_to :shop
  has_many :stocks

  def in_stock?
    stocks.sum(&:quantity).positive?
  end
end
