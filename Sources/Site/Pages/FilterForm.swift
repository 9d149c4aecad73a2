import CatalogStore
import Recommender

/// What a listing can be narrowed down to: the values of each attribute with their counts, a price range, and what is
/// chosen. It is sent by GET to the page it stands on, so that what is shown has an address.
package struct FilterForm: Sendable {
    /// One attribute with its values.
    package struct Group: Sendable {
        package let attribute: String
        package let groupName: String
        /// How many values are chosen.
        package let chosen: String?
        package let options: [FilterOption]
        /// The less frequent values, behind a disclosure.
        package let rareOptions: [FilterOption]
        package let rareText: String?
        /// What to call a field for the values that are not listed.
        package let otherName: String?
    }

    /// The ends of a price range.
    package struct Price: Sendable {
        package let from: String
        package let upTo: String
        package let lowest: String
        package let highest: String
        /// Empty where there is only one.
        package let currencies: [FilterOption]
        package let hasCurrencies: Bool
        /// How many filters of the price there are, if it is filtered by.
        package let chosen: String?
    }

    /// A chosen filter with the address at which it is gone.
    package struct Chip: Sendable {
        package let chipText: String
        package let without: String
    }

    /// A part of the query that has no field here and must not get lost.
    package struct Hidden: Sendable {
        package let name: String
        package let content: String
    }

    package let action: String
    package let groups: [Group]
    package let price: Price?
    package let chips: [Chip]
    package let hidden: [Hidden]
    /// The address without any filter.
    package let cleared: String
    package let hasChoices: Bool
    package let isActive: Bool
    package let problem: String?

    /// Values of an attribute that are asked for; others can be typed in.
    package static let valueLimit = 100
    /// Values of an attribute that stand there without asking for more.
    private static let frequent = 12

    /// A form.
    ///
    /// - Parameters:
    ///   - address: the page's address.
    ///   - fragment: the part of the page to go to, with its `#`.
    ///   - facets: what there is to choose from.
    ///   - parameters: what is chosen.
    ///   - marked: the items that are wanted more or less of.
    ///   - language: the language of the page.
    package init(
        address: String, fragment: String = "", facets: Facets, parameters: SearchParameters,
        marked: [CatalogItem] = [],
        in language: Language
    ) {
        groups = facets.attributes.compactMap { Group($0, frequent: Self.frequent, in: language) }
        price = Price(facets.prices, parameters, in: language)
        let fields = Set(groups.map { $0.attribute.lowercased() }).union(
            price?.hasCurrencies == true ? ["currency"] : [])
        let kept = parameters.filters.filter { !fields.contains($0.name.lowercased()) }
        hidden = (kept + parameters.refinement.query + parameters.otherQuery).map {
            Hidden(name: $0.name, content: $0.value)
        }
        func link(_ filters: [(name: String, value: String)]) -> String {
            TextFormat.address(address, filters + parameters.refinement.query + parameters.otherQuery) + fragment
        }
        func link(_ refinement: Refinement) -> String {
            TextFormat.address(address, parameters.filterQuery + refinement.query + parameters.otherQuery) + fragment
        }
        chips =
            Self.chips(facets, parameters, in: language, link)
            + Self.chips(parameters.refinement, marked, in: language, link)
        cleared = TextFormat.address(address, parameters.otherQuery) + fragment
        action = address + fragment
        hasChoices = !groups.isEmpty || price != nil
        isActive = !chips.isEmpty
        problem = parameters.notice(in: language)
    }

    private static func chips(
        _ facets: Facets, _ parameters: SearchParameters, in language: Language,
        _ link: ([(name: String, value: String)]) -> String
    ) -> [Chip] {
        let isPriceChosen = parameters.price != nil
        var chips: [Chip] = []
        for (index, filter) in parameters.filters.enumerated() {
            // The currency belongs to the price.
            if isPriceChosen, filter.name.lowercased() == "currency" { continue }
            var others = parameters.filters
            others.remove(at: index)
            let facet = facets.attributes.first { $0.name.lowercased() == filter.name.lowercased() }
            let value = facet?.values.first { $0.text.lowercased() == filter.value.lowercased() }?.text ?? filter.value
            chips.append(
                Chip(
                    chipText: language.text(
                        "filters.chip",
                        [
                            "name": language.attributeName(facet?.name ?? filter.name),
                            "value": language.value(value, of: facet?.name ?? filter.name),
                        ]),
                    without: link(others + parameters.priceQuery)))
        }
        if let price = parameters.price {
            let currency = parameters.currency ?? facets.prices.first?.currency
            let others = parameters.filters.filter { $0.name.lowercased() != "currency" }
            chips.append(
                Chip(
                    chipText: language.text("filters.price.chip", ["price": text(price, currency, in: language)]),
                    without: link(others)))
        }
        return chips
    }

    /// What the visitor said of what was found, each with the address at which it is not said.
    private static func chips(
        _ refinement: Refinement, _ marked: [CatalogItem], in language: Language, _ link: (Refinement) -> String
    ) -> [Chip] {
        func name(_ id: String) -> String {
            marked.first { $0.id == id }.map { ItemCard.label(of: $0, in: language) } ?? id
        }
        var chips: [Chip] = []
        if let colour = refinement.colour {
            var others = refinement
            others.colour = nil
            let text = language.text("refine.chip.colour", ["colour": language.value(colour, of: "colour")])
            chips.append(Chip(chipText: text, without: link(others)))
        }
        for id in refinement.marked {
            let text =
                refinement.more.contains(id)
                ? language.text("refine.chip.more", ["name": name(id)])
                : language.text("refine.chip.less", ["name": name(id)])
            chips.append(Chip(chipText: text, without: link(refinement.without(id))))
        }
        return chips
    }

    private static func text(_ price: PriceRange, _ currency: String?, in language: Language) -> String {
        let from = language.price(price.minimum, currency: currency)
        let upTo = language.price(price.maximum, currency: currency)
        return switch (from, upTo) {
        case (let from?, let upTo?): language.text("filters.price.between", ["from": from, "upTo": upTo])
        case (let from?, nil): language.text("filters.price.from", ["from": from])
        default: language.text("filters.price.upTo", ["upTo": upTo ?? ""])
        }
    }
}

extension FilterForm.Group {
    /// `nil` for an attribute that leaves nothing to choose.
    fileprivate init?(_ facet: Facet, frequent: Int, in language: Language) {
        let accepted = facet.values.filter(\.isAccepted)
        guard facet.values.count > 1 || !accepted.isEmpty else { return nil }
        attribute = facet.name
        groupName = language.attributeName(facet.name)
        chosen = accepted.isEmpty ? nil : language.number(accepted.count)
        let all = (accepted + facet.values.filter { !$0.isAccepted }).map {
            FilterOption(facet.name, $0.text, count: $0.count, isSelected: $0.isAccepted, in: language)
        }
        // One more is no longer than the words "1 more".
        let shown = all.count <= frequent + 1 ? all.count : max(frequent, accepted.count)
        options = Array(all.prefix(shown))
        rareOptions = Array(all.dropFirst(shown))
        rareText = rareOptions.isEmpty ? nil : language.text("filters.more", count: rareOptions.count)
        otherName = facet.further == 0 ? nil : language.text("filters.other", count: facet.further)
    }
}

extension FilterForm.Price {
    /// `nil` where there are not two prices to choose from.
    fileprivate init?(_ spans: [PriceSpan], _ parameters: SearchParameters, in language: Language) {
        let isPriceChosen = parameters.price != nil
        chosen = isPriceChosen ? language.number(1) : nil
        guard isPriceChosen || spans.contains(where: { $0.minimum < $0.maximum }) else { return nil }
        func end(_ name: String) -> String { parameters.priceQuery.first { $0.name == name }?.value ?? "" }
        from = end("price_min")
        upTo = end("price_max")
        let named = spans.filter { $0.currency != nil }
        let currency = parameters.currency?.lowercased()
        let span = named.first { $0.currency?.lowercased() == currency } ?? spans.first
        lowest = span.map { TextFormat.wholeNumber($0.minimum, .down) } ?? ""
        highest = span.map { TextFormat.wholeNumber($0.maximum, .up) } ?? ""
        hasCurrencies = named.count > 1
        currencies =
            hasCurrencies
            ? named.map { span in
                FilterOption(
                    "currency", span.currency ?? "", count: span.count,
                    isSelected: span.currency?.lowercased() == currency, in: language)
            } : []
    }
}
