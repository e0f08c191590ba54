class Shop < ApplicationRecord
  has_many :products
  has_many :orders

  def self.of(host)
    find_by!(host: host)
  end
end
