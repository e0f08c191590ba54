class ProductsController < ApplicationController
  def index
    @products = Shop.of(request.host).products.order(:name)
  end

  def show
    @product = Shop.of(request.host).products.find(params[:id])
  end
end
