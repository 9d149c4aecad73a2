/// Other pieces in the colour that the same cut was wanted in, under a line that says where its kind ended.
package struct OtherPieces: Sendable {
    package let othersText: String
    package let othersCards: [ItemCard]

    /// The cards after those of the kind; `nil` where there are none, or no colour of a cut was asked for.
    package init?(_ cards: [ItemCard], _ sameCut: RefinedMatches.SameCut?, in language: Language) {
        guard let sameCut, cards.count > sameCut.count else { return nil }
        let colour = ["colour": language.value(sameCut.colour, of: "colour")]
        othersText =
            sameCut.count == 0
            ? language.text("refine.others.only", colour)
            : language.text("refine.others.after", count: sameCut.count, colour)
        othersCards = Array(cards.dropFirst(sameCut.count))
    }
}
