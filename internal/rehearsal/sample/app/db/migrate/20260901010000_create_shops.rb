class CreateShops < ActiveRecord::Migration[8.0]
  def change
    create_table :shops do |t|
      t.string :name, null: false
      t.string :host, null: false, index: { unique: true }
      t.timestamps
    end
  end
end
