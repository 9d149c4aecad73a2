/// How alike what is compared is: the same numbers as on the card that led to the comparison.
package struct ComparedLikeness: Sendable {
    /// One of several photos that were searched with together.
    package struct OneOfSeveral: Sendable {
        /// Its number, from 1.
        let number: Int
        /// Cosine similarity of all of them together with the item.
        let together: Float
    }

    /// Cosine similarity of the two pictures that are shown.
    package let pictures: Float
    /// Set if the first picture is one of several that were searched with together.
    package var several: OneOfSeveral?
    /// Cosine similarity of what was searched with; `nil` unless more counts there than the pictures.
    package var refined: Float?

    package init(pictures: Float, several: OneOfSeveral? = nil, refined: Float? = nil) {
        self.pictures = pictures
        self.several = several
        self.refined = refined
    }

    /// What the page says of it, paragraph by paragraph.
    func sentences(in language: Language) -> [String] {
        let own = language.percent(pictures)
        let pictures =
            several.map {
                language.text(
                    "compare.together",
                    ["percent": language.percent($0.together), "number": language.number($0.number), "own": own])
            } ?? language.text("compare.summary", ["percent": own])
        return [pictures]
            + (refined.map { [language.text("compare.refined", ["percent": language.percent($0)])] } ?? [])
    }
}
