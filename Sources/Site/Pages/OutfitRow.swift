import CatalogStore
import Recommender

/// The pieces that go with an item, on its page.
package struct OutfitRow: Sendable {
    package let outfitCards: [ItemCard]

    /// `nil` where there is no piece.
    package init?(_ outfit: Outfit, of item: CatalogItem, in layout: Layout) {
        guard !outfit.pieces.isEmpty else { return nil }
        let language = layout.language
        outfitCards = outfit.pieces.map { piece in
            ItemCard(
                piece.item, in: language, hearts: layout.hearts,
                reason: CardReason(
                    Self.reason(piece, item, in: language),
                    more: piece.fit.occasion.map {
                        language.text("outfit.occasion", ["occasion": language.value($0, of: "usage")])
                    }))
        }
    }

    private static func reason(_ piece: Outfit.Piece, _ item: CatalogItem, in language: Language) -> String {
        func word(_ colour: String?) -> String { language.value(colour ?? "", of: "colour") }
        let both = ["first": word(item.colour), "second": word(piece.item.colour)]
        switch piece.fit.harmony {
        case .neutral:
            // Of the two colours the one without a strong hue is named, that of the piece first.
            if GarmentGroup.isDenim(piece.item.category) { return language.text("outfit.denim") }
            if BaseColour(piece.item.colour)?.hue == nil {
                return language.text("outfit.neutral", ["colour": word(piece.item.colour)])
            }
            return GarmentGroup.isDenim(item.category)
                ? language.text("outfit.denim") : language.text("outfit.neutral", ["colour": word(item.colour)])
        case .same: return language.text("outfit.same")
        case .neighbours: return language.text("outfit.neighbours", both)
        case .opposites: return language.text("outfit.opposites", both)
        case .unknown, .clashing: return language.text("outfit.style")
        }
    }
}
