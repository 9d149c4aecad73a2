/// The prices of a table: what one alone does not tell, the others may.
struct PriceColumn {
    /// The mark before the fraction in most prices that tell.
    private let mark: DecimalMark?

    /// A column whose prices are to be seen.
    init(_ prices: some Sequence<String>) {
        var counts: [DecimalMark: Int] = [:]
        for text in prices {
            if case .telling(_, let mark)? = (try? PriceText(text))?.amount { counts[mark, default: 0] += 1 }
        }
        let (points, commas) = (counts[.point] ?? 0, counts[.comma] ?? 0)
        mark = points == commas ? nil : points > commas ? .point : .comma
    }

    /// What a row costs.
    struct Price: Equatable {
        var amount: Double?
        var currency: String?
    }

    /// Reads the price and currency of a row, and takes note of what cannot be.
    func price(_ text: String?, currency given: String?, notes: inout [TableNote.Kind]) -> Price {
        let known = given.map(PriceText.currencies) ?? []
        // A sign that stands for one currency is that.
        var price = Price(amount: nil, currency: known.count == 1 ? known[0] : given)
        guard let text else { return price }
        do throws(PriceText.Problem) {
            let found = try PriceText(text)
            let amount = amount(of: found, text, notes: &notes)
            guard amount <= CatalogItem.highestPrice else { throw .tooLarge }
            if !known.isEmpty, !found.currencies.isEmpty, Set(known).isDisjoint(with: found.currencies) {
                throw .otherCurrency
            }
            price.amount = amount
            guard given == nil, !found.currencies.isEmpty else { return price }
            price.currency = found.currencies.count == 1 ? found.currencies[0] : nil
            if price.currency == nil { notes.append(.currencyUnclear(Self.shortened(text))) }
        } catch {
            notes.append(.priceNotUnderstood(Self.shortened(text), error.rawValue))
        }
        return price
    }

    private func amount(of price: PriceText, _ text: String, notes: inout [TableNote.Kind]) -> Double {
        switch price.amount {
        case .plain(let amount), .telling(let amount, _): return amount
        case .ambiguous(let grouped, let fraction, let written):
            guard let mark else {
                notes.append(.priceGrouped(Self.shortened(text)))
                return grouped
            }
            return written == mark ? fraction : grouped
        }
    }

    private static func shortened(_ text: String) -> String { text.count > 40 ? text.prefix(40) + "…" : text }
}
