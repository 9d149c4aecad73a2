import CatalogStore
import Recommender

/// What the query looks like, and the nearest other choices, each one tap away: categories, colours, whom it is for, and the
/// same cut in another colour.
package struct RefineBar: Sendable {
    /// One choice.
    package struct Option: Sendable {
        package let optionText: String
        /// How many items it leaves.
        package let optionCount: String
        package let optionHref: String
        package let isChosen: Bool
    }

    /// The choices of one kind.
    package struct Row: Sendable {
        package let rowName: String
        package let rowOptions: [Option]
        /// What the further choices are behind; `nil` where all are in view.
        package let furtherText: String?
        package let furtherOptions: [Option]
    }

    /// What the photo seems to show, whatever was chosen; `nil` where that is not sure, and for an item.
    package let looksText: String?
    /// How to correct that; `nil` where something is chosen already.
    package let looksHint: String?
    package let rows: [Row]
    package let hasRows: Bool

    /// Choices of an attribute; all others are in the filter form.
    private static let mostOptions = 6
    /// Colours of the same cut in view.
    private static let mostColours = 8

    private struct Links {
        let address: String
        let fragment: String
        let parameters: SearchParameters

        func link(_ change: (inout SearchParameters) -> Void) -> String {
            var next = parameters
            change(&next)
            return TextFormat.address(address, next.addressQuery) + fragment
        }
    }

    /// A bar.
    ///
    /// - Parameters:
    ///   - address: the page's address.
    ///   - fragment: the part of the page to go to, with its `#`.
    ///   - facets: what there is to choose from.
    ///   - cutColours: the colours of the category that the same cut is looked for in; `nil` where it is not.
    ///   - parameters: what is chosen.
    ///   - looks: what the photo or item is.
    ///   - saysLooks: whether it is a photo that is recognised, so that it is worth telling what it looks like.
    ///   - language: the language of the page.
    package init(
        address: String, fragment: String = "", facets: Facets, cutColours: Facet?, parameters: SearchParameters,
        looks: LooksLike, saysLooks: Bool, in language: Language
    ) {
        let links = Links(address: address, fragment: fragment, parameters: parameters)
        func sure(_ attribute: String, _ vote: TraitVote) -> String? {
            saysLooks ? vote.sure.map { language.value($0, of: attribute) } : nil
        }
        switch (sure("category", looks.category), sure("colour", looks.colour)) {
        case (let category?, let colour?):
            looksText = language.text("refine.looks.both", ["category": category, "colour": colour])
        case (let only?, nil), (nil, let only?):
            looksText = language.text("refine.looks.one", ["value": only])
        default: looksText = nil
        }
        let isCorrected = !parameters.chosen("category").isEmpty || !parameters.chosen("colour").isEmpty
        looksHint = looksText == nil || isCorrected ? nil : language.text("refine.looks.hint")
        let kinds = [("category", looks.category), ("colour", looks.colour), ("gender", looks.gender)]
        rows =
            kinds.compactMap { Self.row($0, facets, vote: $1, links, in: language) }
            + [cutColours.flatMap { Self.colours($0, looks, links, in: language) }].compactMap { $0 }
        hasRows = !rows.isEmpty
    }

    /// The values of an attribute: the chosen ones, what the neighbours voted for, then the most frequent.
    private static func row(
        _ attribute: String, _ facets: Facets, vote: TraitVote, _ links: Links, in language: Language
    ) -> Row? {
        guard let facet = facets.attributes.first(where: { $0.name.lowercased() == attribute }) else { return nil }
        let chosen = Set(links.parameters.chosen(attribute).map { $0.lowercased() })
        var values = facet.values.filter { chosen.contains($0.text.lowercased()) }
        let voted = vote.candidates.compactMap { candidate in
            facet.values.first { $0.text.lowercased() == candidate.value.lowercased() && $0.count > 0 }
        }
        for value in voted + facet.values.filter({ $0.count > 0 }) where values.count < mostOptions {
            if !values.contains(where: { $0.text == value.text }) { values.append(value) }
        }
        guard values.count > 1 || !chosen.isEmpty else { return nil }
        let options = values.map { value in
            let isChosen = chosen.contains(value.text.lowercased())
            let href = links.link { next in
                next.filters.removeAll { filter in
                    filter.name.lowercased() == attribute
                        && (!isChosen || filter.value.lowercased() == value.text.lowercased())
                }
                if !isChosen { next.filters.append((name: facet.name, value: value.text)) }
                // Another colour of the cut and a colour to narrow down to contradict each other.
                if attribute == "colour", !isChosen { next.refinement.colour = nil }
            }
            return Option(value, of: attribute, href, isChosen: isChosen, in: language)
        }
        return Row(
            rowName: language.attributeName(facet.name), rowOptions: options, furtherText: nil, furtherOptions: [])
    }

    /// The same cut in other colours: the chosen one, then the most frequent of the category.
    private static func colours(_ facet: Facet, _ looks: LooksLike, _ links: Links, in language: Language) -> Row? {
        let chosen = links.parameters.refinement.colour?.lowercased()
        let own = looks.colour.likeliest?.lowercased()
        let others = facet.values.filter {
            $0.count > 0 && $0.text.lowercased() != own && $0.text.lowercased() != chosen
        }
        let values = facet.values.filter { $0.text.lowercased() == chosen } + others
        guard !values.isEmpty else { return nil }
        let options = values.map { value in
            let isChosen = value.text.lowercased() == chosen
            let href = links.link { next in
                next.refinement.colour = isChosen ? nil : value.text
                next.filters.removeAll { $0.name.lowercased() == "colour" }
            }
            return Option(value, of: "colour", href, isChosen: isChosen, in: language)
        }
        // One more is no longer than the words for it.
        let shown = options.count <= mostColours + 1 ? options.count : mostColours
        return Row(
            rowName: language.text("refine.sameCut"), rowOptions: Array(options.prefix(shown)),
            furtherText: options.count > shown ? language.text("refine.moreColours") : nil,
            furtherOptions: Array(options.dropFirst(shown)))
    }
}

extension RefineBar.Option {
    fileprivate init(
        _ value: Facet.Value, of attribute: String, _ href: String, isChosen: Bool, in language: Language
    ) {
        self.init(
            optionText: language.value(value.text, of: attribute), optionCount: language.number(value.count),
            optionHref: href, isChosen: isChosen)
    }
}

extension Facets {
    /// The facets with those values accepted that are filtered by, and not a colour that the same cut is wanted in.
    func accepting(_ parameters: SearchParameters) -> Facets {
        guard parameters.refinement.colour != nil else { return self }
        let chosen = Set(parameters.chosen("colour").map { $0.lowercased() })
        return Facets(
            matching: matching,
            attributes: attributes.map { facet in
                guard facet.name.lowercased() == "colour" else { return facet }
                return Facet(
                    name: facet.name,
                    values: facet.values.map {
                        Facet.Value(text: $0.text, count: $0.count, isAccepted: chosen.contains($0.text.lowercased()))
                    }, further: facet.further)
            }, prices: prices)
    }
}
