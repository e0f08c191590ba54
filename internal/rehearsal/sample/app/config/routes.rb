Rails.application.routes.draw do
  root "products#index"
  resources :products, only: %i[index show]
  resource :cart, only: %i[show update]
  resources :orders, only: %i[create show]
end
