/// Links to the pages of a listing: the first, the last, those around the current one.
package struct Pagination: Sendable {
    /// One place in the row of numbers: a link, the current page, or a gap.
    package struct Place: Sendable {
        package let number: String
        package let link: String?
        package let isCurrent: Bool
        package let isGap: Bool
    }

    package let previous: String?
    package let next: String?
    package let places: [Place]
    package let isNeeded: Bool

    package init(
        address: String, filters: [(name: String, value: String)], page: Int, pages: Int, in language: Language
    ) {
        func link(_ number: Int) -> String {
            TextFormat.address(address, filters + (number == 1 ? [] : [(name: "page", value: String(number))]))
        }
        previous = page > 1 ? link(page - 1) : nil
        next = page < pages ? link(page + 1) : nil
        isNeeded = pages > 1
        let shown = Set([1, pages, page - 1, page, page + 1].filter { (1...pages).contains($0) }).sorted()
        var places: [Place] = []
        var last = 0
        for number in shown {
            if number == last + 2 {
                places.append(
                    Place(
                        number: language.number(last + 1), link: link(last + 1), isCurrent: false, isGap: false))
            } else if number > last + 2 {
                places.append(Place(number: "", link: nil, isCurrent: false, isGap: true))
            }
            let isCurrent = number == page
            places.append(
                Place(
                    number: language.number(number), link: isCurrent ? nil : link(number), isCurrent: isCurrent,
                    isGap: false))
            last = number
        }
        self.places = places
    }
}
