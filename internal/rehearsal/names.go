package rehearsal

import (
	"fmt"
	"math/rand/v2"
	"strconv"
)

// shopName is what a shop is called, by machines and by people.
type shopName struct {
	id, display string
	native      string // a Japanese host, without its ending; empty: none
}

// known are the shops that the examples of the documentation speak of.
var known = []shopName{
	{id: "aoi-tea", display: "葵茶舗"}, {id: "bunko", display: "文庫堂書店"}, {id: "kome-net", display: "こめネット"}, {id: "momiji", display: "Momiji Crafts"}, {id: "sasa-ya", display: "笹屋本店"},
	{id: "hana-ya", display: "はなや"}, {id: "hanabi-kobo", display: "花火工房 はなび"}, {id: "sakura-h", display: "さくら花店 (旧 はなみずき)"},
}

type word struct{ latin, japanese, english string }

var roots = []word{
	{"aki", "秋", "Autumn"}, {"asahi", "朝日", "Morning Sun"}, {"fuji", "藤", "Wisteria"}, {"hama", "浜", "Beach"}, {"haru", "春", "Spring"},
	{"hikari", "ひかり", "Light"}, {"hoshi", "星", "Star"}, {"ishi", "石", "Stone"}, {"kaede", "楓", "Maple"}, {"kawa", "川", "River"},
	{"kiku", "菊", "Chrysanthemum"}, {"kumo", "雲", "Cloud"}, {"kuri", "栗", "Chestnut"}, {"matsu", "松", "Pine"}, {"midori", "みどり", "Green"},
	{"minato", "港", "Harbour"}, {"mori", "森", "Forest"}, {"nagi", "凪", "Calm Sea"}, {"nishi", "西", "West"}, {"oka", "丘", "Hill"},
	{"sakura", "桜", "Cherry"}, {"sora", "空", "Sky"}, {"suzu", "鈴", "Bell"}, {"take", "竹", "Bamboo"}, {"tani", "谷", "Valley"},
	{"tsuki", "月", "Moon"}, {"umi", "海", "Sea"}, {"ume", "梅", "Plum"}, {"yama", "山", "Mountain"}, {"yuki", "雪", "Snow"},
}

var trades = []word{
	{"ya", "屋", "Store"}, {"do", "堂", "Hall"}, {"en", "園", "Garden"}, {"kobo", "工房", "Works"}, {"tea", "茶舗", "Tea"}, {"pan", "ベーカリー", "Bakery"},
	{"sake", "酒店", "Sake"}, {"books", "書店", "Books"}, {"craft", "クラフト", "Crafts"}, {"flora", "花店", "Flowers"}, {"wear", "洋品店", "Clothing"},
	{"toki", "陶器店", "Pottery"}, {"coffee", "珈琲", "Coffee"}, {"rice", "米店", "Rice"}, {"toys", "玩具店", "Toys"},
}

// fewShops is how large a sample is all of whose hosts are Latin: one to read.
// In a larger one some shops have a Japanese host too.
const fewShops = 500

// shopNames makes n different names, the same ones for the same seed: first
// those of the documentation, then combinations, then combinations with a number.
func shopNames(n int, seed uint64) []shopName {
	names := append([]shopName(nil), known[:min(n, len(known))]...)
	dice := rand.New(rand.NewPCG(seed, 1))
	order := dice.Perm(len(roots) * len(trades))
	for i := 0; len(names) < n; i++ {
		root, trade := roots[order[i%len(order)]/len(trades)], trades[order[i%len(order)]%len(trades)]
		name := shopName{id: root.latin + "-" + trade.latin, display: root.japanese + trade.japanese}
		if dice.IntN(3) == 0 {
			name.display = root.english + " " + trade.english
		}
		if round := i/len(order) + 1; round > 1 {
			name.id += fmt.Sprintf("-%d", round)
			name.display += fmt.Sprintf(" %d", round)
		}
		if len(names) >= fewShops && i%8 == 0 {
			name.native = root.japanese + trade.japanese + strconv.Itoa(i/len(order)+1)
		}
		names = append(names, name)
	}
	return names
}
